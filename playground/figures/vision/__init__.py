"""Drawings of networks that see. Most are boards, rows of small pictures that `playground/web/static/board.js` draws:
its head says what a row holds."""
