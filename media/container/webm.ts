import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** RFC 8794 and RFC 9559: ids of the elements that are looked at. */
const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
/** Larger than the header of any WebM. */
const LONGEST_HEADER = 4096;
/** 4 h in clusters of a tenth of a second, with room to spare. */
const MAX_ELEMENTS = 200_000;

interface Element {
  readonly id: number;
  /** Where its content begins, and where it ends: undefined when the writer was still recording and did not know. */
  readonly start: number;
  readonly end: number | undefined;
}

/** Whether this is the head of a WebM: EBML, and the document type says so. Matroska of other types is not accepted. */
export function isWebm(head: Buffer): boolean {
  const ebml = readElement(head, 0, 0);
  if (ebml?.id !== EBML || ebml.end === undefined || ebml.end > LONGEST_HEADER) return false;
  for (let at = ebml.start; at < Math.min(ebml.end, head.length); ) {
    const element = readElement(head, at, 0);
    if (element?.end === undefined) return false;
    if (element.id === DOC_TYPE)
      return head.toString('latin1', element.start, element.end).replace(/\0+$/, '') === 'webm';
    at = element.end;
  }
  return false;
}

/**
 * A WebM must hold the elements that it states. Browsers record with unknown sizes: there nothing tells a recording that was cut
 * off from one that ended, unless the cut is inside the frame that ffmpeg then misses.
 */
export async function checkWebm(bytes: Bytes): Promise<void> {
  const segment = await elementBehind(bytes, await elementAt(bytes, 0));
  if (segment.id !== SEGMENT) throw new MediaProblem('media.notAudio', 'the WebM has no segment');
  if (segment.end !== undefined && segment.end > bytes.size) {
    throw new MediaProblem('media.truncated', `${segment.end - bytes.size} bytes of the WebM are missing`);
  }
  let sound = false;
  let at = segment.start;
  for (let elements = 0; at < bytes.size; elements++) {
    if (elements > MAX_ELEMENTS) throw new MediaProblem('media.notAudio', 'the WebM has too many elements');
    const element = await elementAt(bytes, at);
    sound ||= element.id === CLUSTER;
    if (element.end === undefined) break;
    if (element.end > bytes.size) throw new MediaProblem('media.truncated', 'the WebM ends inside an element');
    at = element.end;
  }
  if (!sound) throw new MediaProblem('media.truncated', 'the WebM ends before its sound');
}

async function elementBehind(bytes: Bytes, { end }: Element): Promise<Element> {
  if (end === undefined) throw new MediaProblem('media.notAudio', 'the WebM header has no end');
  return elementAt(bytes, end);
}

async function elementAt(bytes: Bytes, at: number): Promise<Element> {
  const element = readElement(await bytes.read(at, 12), 0, at);
  if (element === undefined) throw new MediaProblem('media.truncated', 'the WebM ends inside an element');
  return element;
}

/** Id of one to four bytes, size of one to eight: leading zeros tell how many. `offset` is where `head` stands in the file. */
function readElement(head: Buffer, at: number, offset: number): Element | undefined {
  const idBytes = Math.clz32(head[at] ?? 0) - 23;
  const sizeAt = at + idBytes;
  const sizeBytes = Math.clz32(head[sizeAt] ?? 0) - 23;
  if (idBytes > 4 || sizeBytes > 8 || sizeAt + sizeBytes > head.length) return undefined;
  let size = (head[sizeAt] as number) & (0xff >> sizeBytes);
  let unknown = size === 0xff >> sizeBytes;
  for (let byte = sizeAt + 1; byte < sizeAt + sizeBytes; byte++) {
    unknown &&= head[byte] === 0xff;
    size = size * 256 + (head[byte] as number);
  }
  const start = offset + sizeAt + sizeBytes;
  return { id: head.readUIntBE(at, idBytes), start, end: unknown ? undefined : start + size };
}
