type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element; text always becomes a text node, so nothing from the service is ever read as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/** Leaves equal text alone, so that screen readers hear and browsers paint only what is new. */
export function write(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function button(kind: string, text: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: kind }, text);
  made.addEventListener('click', act);
  return made;
}

/** Parts of 1 as lengths. Its figures stand beside it in words, so a screen reader passes it by. */
export class Bar {
  readonly node = element('span', { class: 'bar', 'aria-hidden': 'true' });
  readonly #drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');

  constructor() {
    this.#drawing.setAttribute('viewBox', '0 0 1 1');
    this.#drawing.setAttribute('preserveAspectRatio', 'none');
    this.node.append(this.#drawing);
  }

  show(lengths: readonly (readonly [kind: string, length: number])[]): void {
    let x = 0;
    const parts = lengths.map(([kind, length]) => {
      const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      for (const [name, value] of Object.entries({ x, y: 0, width: length, height: 1, class: kind }))
        part.setAttribute(name, String(value));
      x += length;
      return part;
    });
    this.#drawing.replaceChildren(...parts);
  }
}
