"""Everything that can be picked, with its formula and what it is for, straight from the registry."""

import streamlit as st

from playground.ui import catalogue

st.header("Catalogue")
st.caption("Everything you can build an experiment from. Each sentence is also the tooltip in the playground.")
catalogue.show()
