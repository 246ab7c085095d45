import { problemRegistry } from '../../platform/i18n/index.js';
import { libraryProblem } from '../problems.js';
import type { ItemSummary, ItemView, VersionView } from './item.api.js';
import type { Item, ItemVersion } from './item.entity.js';
import { contentSha256Of, metadataOf } from './item.versions.js';

export function summaryOf(
  item: Item,
  current: Pick<ItemVersion, 'status' | 'audioState' | 'audioDurationMs'>,
): ItemSummary {
  const { areaPath: _path, titleFolded: _folded, createdBy: _creator, audience, ...shown } = item;
  const { status, audioState, audioDurationMs } = current;
  return { ...shown, audience: [...audience], status, audioState, audioDurationMs };
}

/**
 * @param versions the newest, with the current one among them, the oldest first
 * @param siblings other language versions of the same content
 * @param moreVersions how many older ones there are
 */
export function viewOf(
  item: Item,
  versions: readonly ItemVersion[],
  siblings: ItemView['siblings'],
  moreVersions: number,
): ItemView {
  const current = versions.find(({ n }) => n === item.currentVersion);
  if (!current) throw libraryProblem('library.versionUnknown');
  return {
    ...summaryOf(item, current),
    siblings,
    versions: versions.map((version) => versionViewOf(item, version)),
    moreVersions,
  };
}

/** @param item says what versions older than their own metadata do not */
export function versionViewOf(item: Item, version: ItemVersion): VersionView {
  const { n, text, textSha256, content, speech, createdAtMs, status, statusReason, decidedAtMs } = version;
  const metadata = version.metadata ?? metadataOf(item);
  return {
    n,
    text,
    textSha256,
    metadata: { ...metadata, audience: [...metadata.audience] },
    content,
    contentSha256: contentSha256Of(content),
    speech,
    author: { id: version.authorId, name: version.authorName },
    correctedBy: personOf(version.correctedById, version.correctedByName),
    speakerName: version.speakerName,
    createdAtMs,
    status,
    statusReason,
    submittedBy: personOf(version.submittedById, version.submittedByName),
    submittedAtMs: version.submittedAtMs,
    checklist: version.checklist,
    reviewer:
      version.reviewedAudioSha256 === version.audioSha256 ? personOf(version.reviewerId, version.reviewerName) : null,
    approver: personOf(version.approverId, version.approverName),
    onBehalfOf: version.onBehalfOf,
    decidedAtMs,
    airedByName: version.airedByName,
    reviewDueAtMs: version.reviewDueAtMs,
    audio: {
      state: version.audioState,
      problem: problemViewOf(version.audioProblem),
      sha256: version.audioSha256,
      bytes: version.audioBytes,
      type: version.audioType,
      durationMs: version.audioDurationMs,
      loudness: version.loudness,
      sound: version.sound === null ? null : { ...version.sound, verdict: [...version.sound.verdict] },
      peaks: version.peaks === null ? null : [...version.peaks],
      spoken: version.spoken === null ? null : version.spoken.map((each) => ({ ...each })),
      mp3Bytes: version.mp3Bytes,
      uploaded: version.uploadSha256 !== null,
    },
  };
}

const personOf = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

function problemViewOf(code: string | null) {
  if (code === null) return null;
  const text = problemRegistry.get(code);
  return { code, vi: text?.vi ?? code, en: text?.en ?? code };
}
