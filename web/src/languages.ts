export type Language = 'vi' | 'en';

/**
 * The language of a page: as its address asks (`?lang=en`), else the first of the browser's that the page speaks. Vietnamese
 * when there is none.
 */
export function languageOf(search: string, wishes: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang');
  const spoken = [asked, ...wishes].map((tag) => tag?.toLowerCase().split('-')[0]);
  return spoken.find((tag): tag is Language => tag === 'vi' || tag === 'en') ?? 'vi';
}

/** The same page in the other language. */
export function otherAddress(address: string, language: Language): string {
  const url = new URL(address);
  url.searchParams.set('lang', language === 'vi' ? 'en' : 'vi');
  return `${url.pathname}${url.search}${url.hash}`;
}

export function fill(text: string, parameters: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
