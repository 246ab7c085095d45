import { Bar, button, element, write } from '../dom.js';
import { whole } from '../format.js';
import { fill } from '../languages.js';
import { clockTime } from '../sound/levels.js';
import type { DraftFile } from './draft.js';
import type { SendTexts } from './messages.js';

const MB = 1_000_000;

export interface FileLimits {
  readonly mostFiles: number;
  readonly mostFileBytes: number;
}

/** What keeps the chosen file from being added, in words; null: nothing. */
export function fileFault(
  { name, size }: { readonly name: string; readonly size: number },
  there: number,
  { mostFiles, mostFileBytes }: FileLimits,
  texts: SendTexts,
): string | null {
  if (there >= mostFiles) return fill(texts.fileTooMany, { files: mostFiles });
  if (size > mostFileBytes) return fill(texts.fileTooLarge, { name, most: Math.floor(mostFileBytes / MB) });
  return size === 0 ? fill(texts.fileEmpty, { name }) : null;
}

/** The files of the draft, with how far each of them has got. */
export class FileList {
  readonly node = element('ul', { class: 'files' });
  readonly #rows = new Map<string, { readonly bar: Bar; readonly state: HTMLElement }>();

  constructor(
    private readonly texts: SendTexts,
    private readonly remove: (file: DraftFile) => void,
  ) {}

  show(files: readonly DraftFile[]): void {
    this.#rows.clear();
    this.node.hidden = files.length === 0;
    this.node.replaceChildren(...files.map((file) => this.#row(file)));
  }

  progress(n: string, part: number): void {
    const row = this.#rows.get(n);
    row?.bar.show([['done', part]]);
    const percent = `${Math.floor(part * 100)} %`;
    if (row) write(row.state, part >= 1 ? this.texts.fileSent : fill(this.texts.fileSending, { percent }));
  }

  #row(file: DraftFile): HTMLElement {
    const { n, fileName, bytes, durationMs, sentId } = file;
    const bar = new Bar();
    const state = element('span', { class: 'state' }, sentId ? this.texts.fileSent : this.texts.fileKept);
    if (sentId) bar.show([['done', 1]]);
    this.#rows.set(n, { bar, state });
    const away = button('remove', '×', () => this.remove(file));
    away.setAttribute('aria-label', fill(this.texts.fileRemove, { name: fileName }));
    const size = bytes < MB ? `${whole(Math.ceil(bytes / 1_000))} kB` : `${whole(Math.round(bytes / MB))} MB`;
    const facts = [size, durationMs === null ? null : clockTime(durationMs)].filter(Boolean).join(' · ');
    return element(
      'li',
      {},
      element('span', { class: 'name' }, fileName),
      element('span', { class: 'facts' }, `${facts} · `, state),
      bar.node,
      away,
    );
  }
}
