import { cleanLine } from './script-text.js';

const LONGEST = 120;

/** How each type's names end; the first is given where a name says something else. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'video/mp4': ['mp4', 'm4v'],
};

/**
 * The name of an uploaded file as it is shown and offered for saving: one clean line without folders, ending as its content is,
 * whatever the sender called it. Never a path.
 */
export function cleanFileName(raw: string, type: string): string {
  const endings = ENDINGS[type] ?? [];
  const last = cleanLine(raw.split(/[\\/]/).at(-1) ?? '');
  const name = last
    .replace(/[<>:"|?*]/g, '')
    .replace(/^\.+/, '')
    .trim();
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
  // A long or odd ending is a part of the name.
  const stem = /^[a-z0-9]{1,5}$/.test(ending) ? name.slice(0, dot) : name;
  const kept = [...stem].slice(0, LONGEST).join('').trim() || 'tep';
  return `${kept}.${endings.includes(ending) ? ending : (endings[0] ?? 'bin')}`;
}
