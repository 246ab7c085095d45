import { problemRegistry } from '../platform/i18n/index.js';
import type { ItemSummary, ItemView, VersionView } from './item.api.js';
import type { Item, ItemVersion } from './item.entity.js';
import { libraryProblem } from './problems.js';

export function summaryOf(
  item: Item,
  current: Pick<ItemVersion, 'status' | 'audioState' | 'audioDurationMs'>,
): ItemSummary {
  const { areaPath: _path, titleFolded: _folded, createdBy: _creator, audience, ...shown } = item;
  const { status, audioState, audioDurationMs } = current;
  return { ...shown, audience: [...audience], status, audioState, audioDurationMs };
}

export function viewOf(item: Item, versions: readonly ItemVersion[]): ItemView {
  const current = versions.find(({ n }) => n === item.currentVersion);
  if (!current) throw libraryProblem('library.versionUnknown');
  return { ...summaryOf(item, current), versions: versions.map(versionViewOf) };
}

function versionViewOf(version: ItemVersion): VersionView {
  const { n, text, textSha256, createdAtMs, status, statusReason, decidedAtMs, approverId, approverName } = version;
  return {
    n,
    text,
    textSha256,
    author: { id: version.authorId, name: version.authorName },
    createdAtMs,
    status,
    statusReason,
    approver: approverId === null ? null : { id: approverId, name: approverName ?? '' },
    decidedAtMs,
    audio: {
      state: version.audioState,
      problem: problemViewOf(version.audioProblem),
      sha256: version.audioSha256,
      bytes: version.audioBytes,
      type: version.audioType,
      durationMs: version.audioDurationMs,
      loudness: version.loudness,
      uploaded: version.uploadSha256 !== null,
    },
  };
}

function problemViewOf(code: string | null) {
  if (code === null) return null;
  const text = problemRegistry.get(code);
  return { code, vi: text?.vi ?? code, en: text?.en ?? code };
}
