"""The one entry: `streamlit run app.py` serves the pages, the sign-in and the HTTP interface from the same process."""

import streamlit as st
from starlette.middleware import Middleware

from navigator.api import routes
from navigator.calendarroute import calendar_routes
from navigator.errors import InputError
from navigator.exports import export_routes
from navigator.headers import SafeHeaders
from navigator.photoroute import photo_routes
from navigator.pushpage import push_routes
from navigator.signin import sign_in_routes, tell_failure
from navigator.ui.failures import show_script_error
from navigator.visitroutes import visit_routes
from navigator.warm import lifespan

app = st.App(
    "navigator/ui/main.py",
    routes=[
        *routes(),
        *sign_in_routes(),
        *export_routes(),
        *push_routes(),
        *photo_routes(),
        *visit_routes(),
        *calendar_routes(),
    ],
    middleware=[Middleware(SafeHeaders)],
    lifespan=lifespan,
    on_script_error=show_script_error,
    exception_handlers={InputError: tell_failure, Exception: tell_failure},
)
