import { element } from './dom.js';
import type { Language } from './languages.js';

const TEXTS: Readonly<Record<Language, string>> = {
  vi: 'DỮ LIỆU TẬP DƯỢT – không phát thật',
  en: 'DEMO DATA – nothing here goes on air',
};

/** Simulated is never real: a demonstration says so above every page. Without an answer the page goes on without it. */
export async function markDemo(language: Language): Promise<void> {
  const answer = await fetch('/api/installation').catch(() => null);
  const installation = (await answer?.json().catch(() => null)) as { readonly demo?: unknown } | null | undefined;
  if (installation?.demo === true)
    document.body.prepend(element('p', { class: 'demo', role: 'note' }, TEXTS[language]));
}
