// Icons: 24 x 24, drawn with the text's colour.

const svg = (inner) => `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${inner}</svg>`;

const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

export const ICONS = {
  play: svg('<path d="M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8a1 1 0 0 0 0-1.6l-10-6.8C8.9 3.9 8 4.4 8 5.2z" fill="currentColor"/>'),
  pause: svg('<rect x="6" y="4.5" width="4.2" height="15" rx="1.2" fill="currentColor"/><rect x="13.8" y="4.5" width="4.2" height="15" rx="1.2" fill="currentColor"/>'),
  step: svg('<path d="M6 6v12l8.5-6z" fill="currentColor"/><rect x="16" y="6" width="2.6" height="12" rx="1" fill="currentColor"/>'),
  epoch: svg('<path d="M3.5 6v12l7.5-6zM11 6v12l7.5-6z" fill="currentColor"/><rect x="19" y="6" width="2.4" height="12" rx="1" fill="currentColor"/>'),
  reset: svg('<path d="M5 12a7.5 7.5 0 1 0 2.6-5.7" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/><path d="M4 3.2v5.6h5.6z" fill="currentColor"/>'),
  dice: svg('<rect x="4" y="4" width="16" height="16" rx="3.5" fill="none" stroke="currentColor" stroke-width="2"/><g fill="currentColor"><circle cx="8.5" cy="8.5" r="1.5"/><circle cx="15.5" cy="8.5" r="1.5"/><circle cx="12" cy="12" r="1.5"/><circle cx="8.5" cy="15.5" r="1.5"/><circle cx="15.5" cy="15.5" r="1.5"/></g>'),
  branch: svg('<path d="M6 12h9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" fill="none"/><path d="M13 7l6 5-6 5z" fill="currentColor"/>'),
  close: svg('<path d="M6 6l12 12M18 6L6 18" stroke="currentColor" stroke-width="2" stroke-linecap="round" fill="none"/>'),
  silence: svg('<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2"/><path d="M6.5 17.5l11-11" stroke="currentColor" stroke-width="2" fill="none"/>'),
  frost: svg('<path d="M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.4 4.4L12 7l2.6-2.6M9.4 19.6L12 17l2.6 2.6M4 11.2l3.6-1L6.7 6.6M20 12.8l-3.6 1 .9 3.6M20 11.2l-3.6-1 .9-3.6M4 12.8l3.6 1-.9 3.6" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" fill="none"/>'),
  brush: svg(`<path d="M20 4c-4 1.5-8 5-10.5 9l2.5 2.5C16 13 19 8.5 20 4z" ${stroke}/><path d="M8 14.5c-2.5 0-3.5 2-3.5 5.5 3.5.3 6.5-.7 6.5-3.2 0-1.3-1.3-2.3-3-2.3z" fill="currentColor"/>`),
  pen: svg(`<path d="M4.5 19.5l1-4L16 5l3 3L8.5 18.5z" ${stroke}/>`),
  spray: svg('<g fill="currentColor"><circle cx="12" cy="12" r="2"/><circle cx="6.5" cy="8" r="1.7"/><circle cx="13.5" cy="5" r="1.7"/><circle cx="18.5" cy="10" r="1.7"/><circle cx="17" cy="16.5" r="1.7"/><circle cx="10.5" cy="18.5" r="1.7"/><circle cx="5.5" cy="14.5" r="1.7"/></g>'),
  eraser: svg(`<path d="M4 15.5L13.5 6l5 5L10 19.5H7.5z" ${stroke}/><path d="M9 10.5l5 5M12 19.5h8" ${stroke}/>`),
  undo: svg(`<path d="M8.5 5L4.5 9l4 4M5 9h8.5a5 5 0 0 1 0 10H9" ${stroke}/>`),
  redo: svg(`<path d="M15.5 5l4 4-4 4M19 9h-8.5a5 5 0 0 0 0 10H15" ${stroke}/>`),
  clear: svg(`<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5" ${stroke}/>`),
  star: svg(`<path d="M12 4l2.4 5.1 5.6.7-4.1 3.8 1.1 5.5L12 16.4 7 19.1l1.1-5.5L4 9.8l5.6-.7z" ${stroke}/>`),
  starred: svg('<path d="M12 3.2l2.7 5.6 6.1.8-4.5 4.2 1.2 6.1L12 16.9l-5.5 3 1.2-6.1-4.5-4.2 6.1-.8z" fill="currentColor"/>'),
  fork: svg(`<circle cx="7" cy="5.5" r="2.2" ${stroke}/><circle cx="17" cy="5.5" r="2.2" ${stroke}/><circle cx="12" cy="18.5" r="2.2" ${stroke}/><path d="M7 8v1.5c0 2 5 2 5 4V16M17 8v1.5c0 2-5 2-5 4" ${stroke}/>`),
  open: svg(`<path d="M11 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19h11a1.5 1.5 0 0 0 1.5-1.5V13M14 5h5v5M19 5l-8 8" ${stroke}/>`),
};
