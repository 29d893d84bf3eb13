"""Components of the pages that Streamlit has no widget for."""
