// Keeps the files of the app for when there is no signal, and nothing else: what is asked for beyond them goes to the server untouched.
// SHELL (version, files) is written before this by the server.

const CACHE = `visit-${SHELL.version}`;
const PAGE = '/visit/';
const FILES = new Set([PAGE, ...SHELL.files.map((name) => `/visit/${name}`)]);

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll([...FILES].map((path) => new Request(path, { cache: 'reload' })))).then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('visit-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || !FILES.has(pathname)) return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(pathname)).then((kept) => kept ?? fetch(event.request)));
});
