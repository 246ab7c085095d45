import { element } from '../dom.js';

/** Drawn in a square of 24; plain lines, so that no font is needed. */
const DRAWINGS = {
  text: 'M4 20h4L19 9l-4-4L4 16v4M13 7l4 4',
  file: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  record: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M6 11v1a6 6 0 0 0 12 0v-1M12 18v3',
} as const;
export type Way = keyof typeof DRAWINGS;

/** One of the big buttons: opens and closes its part of the form, which keeps what is in it. */
export function wayButton(way: Way, name: string, part: HTMLElement): HTMLButtonElement {
  part.id = `part-${way}`;
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', DRAWINGS[way]);
  drawing.append(line);
  const made = element('button', { type: 'button', class: `way ${way}`, 'aria-controls': part.id });
  made.append(drawing, element('span', {}, name));
  made.addEventListener('click', () => {
    openWay(made, part, part.hidden !== false);
    if (!part.hidden) part.querySelector<HTMLElement>('textarea, input, button:not([hidden])')?.focus();
  });
  openWay(made, part, false);
  return made;
}

export function openWay(button: HTMLButtonElement, part: HTMLElement, open: boolean): void {
  part.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
}
