/** What the beginning of a file tells; enough for a PDF with some bytes of its writer in front. */
export const HEAD_BYTES = 1_024;

export interface FileKind {
  readonly family: 'audio' | 'document';
  /** What it is, whatever the sender says. */
  readonly type: string;
  readonly ending: string;
}

const kind = (family: FileKind['family'], type: string, ending: string): FileKind => ({ family, type, ending });

const WEBM = kind('audio', 'audio/webm', 'webm');
const MP4 = kind('audio', 'audio/mp4', 'm4a');
const OGG = kind('audio', 'audio/ogg', 'ogg');
const WAV = kind('audio', 'audio/wav', 'wav');
const MP3 = kind('audio', 'audio/mpeg', 'mp3');
const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const DOCX = kind('document', DOCX_TYPE, 'docx');
const DOC = kind('document', 'application/msword', 'doc');
const PDF = kind('document', 'application/pdf', 'pdf');
const TEXT = kind('document', 'text/plain', 'txt');
const MARKDOWN = kind('document', 'text/markdown', 'md');

/** Browsers name the same recording in many ways, and files of an unknown ending not at all. */
const AUDIO_TYPES = /^(audio\/[\w.+-]+|video\/(webm|mp4|ogg|3gpp)|application\/(ogg|octet-stream))$/;
const DOCUMENT_TYPES = new Set([
  DOCX_TYPE,
  'application/msword',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/x-markdown',
  'application/octet-stream',
]);

/** Whether a file that says so is worth reading. */
export const mayBeAudio = (saidType: string): boolean => AUDIO_TYPES.test(saidType.toLowerCase());
export const mayBeSent = (saidType: string): boolean =>
  mayBeAudio(saidType) || DOCUMENT_TYPES.has(saidType.toLowerCase());

/**
 * What a file is by its first bytes; name and stated type only tell formats apart that share a container, and text from
 * what is none. @returns null for anything that is not taken
 */
export function fileKindOf(head: Uint8Array, name: string, saidType: string): FileKind | null {
  const start = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  return audioOf(start) ?? documentOf(start, name.toLowerCase(), saidType.toLowerCase());
}

function audioOf(start: string): FileKind | null {
  if (start.startsWith('\x1a\x45\xdf\xa3')) return start.slice(0, 64).includes('webm') ? WEBM : null;
  // Pictures of telephones have the same container.
  if (start.slice(4, 8) === 'ftyp')
    return /^(heic|heix|hevc|mif1|msf1|avif|crx )/.test(start.slice(8, 12)) ? null : MP4;
  if (start.startsWith('OggS')) return OGG;
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WAVE') return WAV;
  if (start.startsWith('ID3')) return MP3;
  // Frame of MPEG layer III.
  const [first, second] = [start.charCodeAt(0), start.charCodeAt(1)];
  return first === 0xff && (second & 0xe6) === 0xe2 ? MP3 : null;
}

function documentOf(start: string, name: string, saidType: string): FileKind | null {
  if (start.startsWith('PK\x03\x04')) return name.endsWith('.docx') || saidType === DOCX_TYPE ? DOCX : null;
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'))
    return /\.do[ct]$/.test(name) || saidType === 'application/msword' ? DOC : null;
  if (start.startsWith('%PDF-') || (name.endsWith('.pdf') && start.includes('%PDF-'))) return PDF;
  const markdown = /\.(md|markdown)$/.test(name) || /markdown$/.test(saidType);
  const text = markdown || name.endsWith('.txt') || saidType === 'text/plain';
  const promisedElse = /\.(docx?|pdf)$/.test(name);
  const unicode16 = start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff');
  if (!text || promisedElse || (start.includes('\0') && !unicode16)) return null;
  return markdown ? MARKDOWN : TEXT;
}
