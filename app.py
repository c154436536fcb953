"""The one entry: `streamlit run app.py` serves the pages and the HTTP interface from the same process."""

import streamlit as st

from navigator.api import routes
from navigator.ui.failures import show_script_error
from navigator.warm import lifespan

app = st.App("navigator/ui/main.py", routes=routes(), lifespan=lifespan, on_script_error=show_script_error)
