// Where locked things lie: IndexedDB, or the memory of this window where a browser gives none. Sees only what crypto.js has locked.

const NAME = 'jingcetong-visit';

/** Opens the storage; `durable` is false where everything ends with the window. */
export async function openStorage(name = NAME) {
  try {
    const opened = new Storage(await open(name));
    if (globalThis.navigator?.storage?.persist) await globalThis.navigator.storage.persist().catch(() => false);
    return opened;
  } catch {
    return new Memory();
  }
}

/** Keeps a pack to this window, since another would not know what is written here; gives what lets it go again. */
export function holdAlone(id) {
  return new Promise((held, failed) => {
    const freely = () => held(() => null); // a browser that holds nothing here
    const { locks } = globalThis.navigator;
    if (!locks) return freely();
    const hold = (lock) => {
      if (lock) return new Promise((release) => held(release));
      return failed(new Error('这条路线已经在另一个窗口打开了：请到那个窗口接着记，或者先在那里点“锁上”'));
    };
    return locks.request(`${NAME}-${id}`, { ifAvailable: true }, hold).catch(freely);
  });
}

function open(name) {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('packs', { keyPath: 'id' });
      asked.result.createObjectStore('kept', { keyPath: 'id' }).createIndex('pack', 'pack');
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error('blocked'));
  });
}

class Storage {
  durable = true;
  #database;

  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close();
  }

  /** All packs: {id, at, sealed}. */
  packs() {
    return this.#run('readonly', ['packs'], ([packs]) => packs.getAll());
  }

  addPack(pack) {
    return this.#run('readwrite', ['packs'], ([packs]) => packs.put(pack));
  }

  /** A pack and all that was written to it. */
  removePack(id) {
    return this.#run('readwrite', ['packs', 'kept'], ([packs, kept]) => {
      packs.delete(id);
      const cursor = kept.index('pack').openCursor(id);
      cursor.onsuccess = () => {
        cursor.result?.delete();
        cursor.result?.continue();
      };
      return cursor;
    });
  }

  /** All that was written to a pack: {id, pack, sealed}. */
  kept(pack) {
    return this.#run('readonly', ['kept'], ([kept]) => kept.index('pack').getAll(pack));
  }

  keep(one) {
    return this.#run('readwrite', ['kept'], ([kept]) => kept.put(one));
  }

  drop(id) {
    return this.#run('readwrite', ['kept'], ([kept]) => kept.delete(id));
  }

  #run(mode, names, work) {
    return new Promise((done, failed) => {
      const transaction = this.#database.transaction(names, mode);
      const asked = work(names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => failed(new Error('这台设备没有存上，可能是空间满了：请先清出一些空间'));
    });
  }
}

class Memory {
  durable = false;
  #packs = new Map();
  #kept = new Map();

  async packs() {
    return [...this.#packs.values()];
  }

  async addPack(pack) {
    this.#packs.set(pack.id, pack);
  }

  async removePack(id) {
    this.#packs.delete(id);
    for (const one of await this.kept(id)) this.#kept.delete(one.id);
  }

  async kept(pack) {
    return [...this.#kept.values()].filter((one) => one.pack === pack);
  }

  async keep(one) {
    this.#kept.set(one.id, one);
  }

  async drop(id) {
    this.#kept.delete(id);
  }
}
