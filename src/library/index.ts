export { AcceptanceService } from './acceptance/acceptance.service.js';
export { ApprovalClock } from './approval/approval.clock.js';
export { type AiredAtOnce, ApprovalService } from './approval/approval.service.js';
export { type Duty, EmergencyPolicies } from './approval/emergency-policies.js';
export {
  type ArchivedFile,
  type ArchivedItem,
  archivedItem,
  contentOfArchived,
  filesOf,
  pathOf,
} from './archive/archived-item.js';
export { type ArchiveFilter, LibraryArchive } from './archive/library.archive.js';
export { LibraryAudio } from './audio/audio.service.js';
export { MediaTools } from './audio/media.tools.js';
export { THIRD_PARTIES, type ThirdParty } from './engine/kinds.js';
export { cleanLine, cleanText, LONGEST_TEXT, LONGEST_TITLE, textFault } from './engine/script-text.js';
export { type ApprovedText, approvedTexts } from './items/approved-texts.js';
export { type NewItem, newItem } from './items/item.api.js';
export { AUDIO_STATES } from './items/item.entity.js';
export { type DraftOrigin, ItemService } from './items/item.service.js';
export { type AirableItem, LibraryService, type SchedulableItem } from './items/library.service.js';
export { type ReadableScript, RecordingService } from './items/recording.service.js';
export { libraryEntities, libraryMigrations } from './library.migration.js';
export { LibraryModule } from './library.module.js';
export { StandbySound } from './relay/standby-sound.js';
export { LANGUAGE_NAMES } from './search/engine/tokens.js';

import './documents.problems.js';
