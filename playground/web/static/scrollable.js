// Streamlit's code blocks scroll, but no key reaches them. Here they become a stop of the Tab key, so that arrows work.

const UNREACHED = '[data-testid="stCode"] pre:not([tabindex])';

function reach() {
  for (const block of document.querySelectorAll(UNREACHED)) {
    block.tabIndex = 0;
    block.setAttribute("role", "group");
    block.setAttribute("aria-label", "Code");
  }
}

/** Watch the page for code blocks: a new one is reached at once. The plots change the page many times a second, so what
 * comes within a frame of that waits for the next. */
export function watchCode() {
  let resting = false;
  let missed = false;
  const look = () => {
    missed = resting;
    if (resting) return;
    reach();
    resting = true;
    requestAnimationFrame(() => {
      resting = false;
      if (missed) look();
    });
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
}
