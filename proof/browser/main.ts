import { config } from 'zod';
import { verifyFile } from '../verify/archived.js';
import { dayWords, timeWords } from '../verify/dates.js';
import { CHECKS, FINDINGS, filled, type Language, NOTES, type Verdict } from '../verify/index.js';
import { browserEngine } from './engine.js';
import { WORDS } from './words.js';

// The page's policy lets nobody make code of text, and zod would try.
config({ jitless: true });

/** Painting now and then is enough. */
const PAINT_MS = 100;

type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'working'; readonly name: string; readonly done: number }
  | { readonly kind: 'failed'; readonly name: string }
  | { readonly kind: 'verdict'; readonly name: string; readonly verdict: Verdict; readonly native: boolean };

let language: Language = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'vi';
let shown: Shown = { kind: 'nothing' };
let file: File | null = null;
let root = '';
/** The newest file wins. */
let turn = 0;

const sheet = document.getElementById('sheet') as HTMLElement;

type Child = Node | string | null;
function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

function paint(): void {
  const words = WORDS[language];
  document.documentElement.lang = language;
  document.title = `${words.title} · Vang`;
  const other = element('button', { type: 'button', id: 'language' }, words.other);
  other.addEventListener('click', () => {
    language = language === 'vi' ? 'en' : 'vi';
    paint();
  });
  const result = element('section', { id: 'result', 'aria-live': 'polite' }, ...resultOf());
  sheet.replaceChildren(
    element('header', {}, element('span', {}, 'Vang'), other),
    element('h1', {}, words.title),
    element('p', { class: 'soft' }, words.lead),
    dropZone(),
    rootField(),
    result,
  );
}

function paintResult(): void {
  document.getElementById('result')?.replaceChildren(...resultOf());
}

function dropZone(): HTMLElement {
  const words = WORDS[language];
  const input = element('input', { type: 'file', accept: '.zip,application/zip', id: 'file' }) as HTMLInputElement;
  input.addEventListener('change', () => {
    file = input.files?.[0] ?? null;
    void check();
  });
  const zone = element(
    'div',
    { class: 'drop' },
    element('p', {}, words.drop),
    element('label', { class: 'choose' }, words.choose, input),
  );
  return zone;
}

function rootField(): HTMLElement {
  const words = WORDS[language];
  const input = element('input', {
    id: 'root',
    autocomplete: 'off',
    spellcheck: 'false',
    value: root,
  }) as HTMLInputElement;
  const problem = element('span', { class: 'soft', hidden: '' }, words.rootBad);
  input.addEventListener('change', () => {
    root = input.value;
    problem.toggleAttribute('hidden', root.trim() === '' || published() !== null);
    void check();
  });
  return element('label', { class: 'field' }, words.root, input, problem);
}

/** Spaces and colons are how people write fingerprints. */
function published(): string | null {
  const letters = root.toLowerCase().replaceAll(/[\s:]/g, '');
  return /^[0-9a-f]{64}$/.test(letters) ? letters : null;
}

async function check(): Promise<void> {
  if (!file) return;
  const { name } = file;
  turn += 1;
  const mine = turn;
  const show = (next: Shown) => {
    if (mine !== turn) return;
    shown = next;
    paintResult();
  };
  show({ kind: 'working', name, done: 0 });
  try {
    const { engine, native } = await browserEngine();
    const archive = new Uint8Array(await file.arrayBuffer());
    let paintedAt = performance.now();
    const verdict = await verifyFile(archive, engine, {
      root: published(),
      progress: async (done) => {
        if (performance.now() - paintedAt < PAINT_MS) return;
        show({ kind: 'working', name, done });
        await new Promise((resolve) => setTimeout(resolve));
        paintedAt = performance.now();
      },
    });
    show({ kind: 'verdict', name, verdict, native });
  } catch {
    // Taken away while it was read, or larger than the memory.
    show({ kind: 'failed', name });
  }
}

function resultOf(): (Node | string)[] {
  const words = WORDS[language];
  if (shown.kind === 'nothing') return [];
  if (shown.kind === 'failed') return [element('p', { class: 'verdict bad' }, words.failed)];
  if (shown.kind === 'working')
    return [
      element('p', {}, `${words.working}: ${shown.name}`),
      element('progress', { max: '1', value: String(shown.done) }),
    ];
  return verdictOf(shown.verdict, shown.native, shown.name);
}

function verdictOf(verdict: Verdict, native: boolean, name: string): (Node | string)[] {
  const words = WORDS[language];
  const unchecked = verdict.notes.some(({ code }) => code === 'rootUnchecked');
  const good = unchecked ? `${words.goodMore} ${words.rootLeft}` : words.goodMore;
  const more = verdict.good ? good : words.badMore.replace('{n}', String(verdict.findingCount));
  const demo = verdict.notes.filter(({ code }) => code === 'demo');
  const notes = verdict.notes.filter(({ code }) => code !== 'demo');
  const left = verdict.findingCount - verdict.findings.length;
  return [
    ...demo.map(({ code }) => element('p', { class: 'demo' }, filled(NOTES[code], language))),
    element(
      'div',
      { class: `verdict ${!verdict.good ? 'bad' : verdict.demo ? 'shown' : 'good'}`, role: 'status' },
      element('b', {}, headlineOf(verdict)),
      more,
    ),
    ...(verdict.findings.length > 0 ? [element('h2', {}, words.findings)] : []),
    element(
      'ul',
      { class: 'findings' },
      ...verdict.findings.map(({ code, parameters }) =>
        element('li', {}, filled(FINDINGS[code], language, parameters)),
      ),
      ...(left > 0 ? [element('li', {}, words.more.replace('{n}', String(left)))] : []),
    ),
    element('h2', {}, words.checks),
    element('ul', { class: 'checks' }, ...verdict.checks.map(checkOf)),
    ...(notes.length > 0 ? [element('h2', {}, words.notes)] : []),
    element(
      'ul',
      { class: 'notes' },
      ...notes.map(({ code, parameters }) => element('li', {}, filled(NOTES[code], language, parameters))),
      ...(native ? [] : [element('li', { id: 'bundled' }, words.bundled)]),
    ),
    element('h2', {}, words.pack),
    factsOf(verdict, name),
  ];
}

/** An archive is no evidence for an acceptance, and nobody shall take it for that. */
function headlineOf({ good, archive }: Verdict): string {
  const words = WORDS[language];
  if (archive) return good ? words.archiveGood : words.archiveBad;
  return good ? words.good : words.bad;
}

function checkOf({ code, state, looked }: Verdict['checks'][number]): HTMLElement {
  const words = WORDS[language];
  const mark = { good: '✓', bad: '✗', skipped: '–' }[state];
  const more = state === 'skipped' ? words.skipped : looked > 0 ? words.looked.replace('{n}', String(looked)) : '';
  return element(
    'li',
    { class: state },
    element('span', { class: 'mark' }, mark),
    element('span', {}, filled(CHECKS[code], language), more ? element('span', { class: 'soft' }, ` · ${more}`) : null),
  );
}

function factsOf({ manifest, archive, sha256, good }: Verdict, name: string): HTMLElement {
  const words = WORDS[language];
  const facts: (readonly [string, Child])[] = [[words.pack, name]];
  if (manifest) {
    const { plan, line, area, period, result, issuer } = manifest;
    facts.push([words.plan, `${issuer} · ${plan.number} · ${plan.title}`]);
    facts.push([words.line, `${line.title}: ${line.target} ${line.unit}`]);
    facts.push([words.area, `${area.name}, ${dayWords(period.from)} – ${dayWords(period.to)}`]);
    // What an altered pack claims is nobody's word.
    if (good)
      facts.push([words.result, `${result.reached}/${result.required}: ${result.done ? words.done : words.notDone}`]);
    facts.push([words.receipts, String(manifest.counts.receipts)]);
    facts.push([words.made, timeWords(manifest.madeAtMs)]);
    facts.push([words.rootOf, element('code', {}, manifest.root)]);
  }
  if (archive) {
    facts.push([words.receipts, String(archive.counts.receipts)]);
    facts.push([words.made, timeWords(archive.madeAtMs)]);
    facts.push([words.rootOf, element('code', {}, archive.root)]);
  }
  facts.push([words.hash, element('code', {}, sha256)]);
  return element('dl', {}, ...facts.flatMap(([term, fact]) => [element('dt', {}, term), element('dd', {}, fact)]));
}

// Dropped beside the frame a browser would open the archive and leave the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.querySelector('.drop')?.classList.add('over');
});
addEventListener('dragleave', () => document.querySelector('.drop')?.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  document.querySelector('.drop')?.classList.remove('over');
  file = event.dataTransfer?.files[0] ?? null;
  void check();
});
paint();
