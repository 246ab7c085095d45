import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { NoticeModule } from '../notices/index.js';
import { Database } from '../platform/database/index.js';
import { AcceptanceController } from './acceptance/acceptance.controller.js';
import { AcceptanceService } from './acceptance/acceptance.service.js';
import { ApprovalClock } from './approval/approval.clock.js';
import { ApprovalController } from './approval/approval.controller.js';
import { ApprovalGate } from './approval/approval.gate.js';
import { ApprovalNotices } from './approval/approval.notices.js';
import { ApprovalService } from './approval/approval.service.js';
import { CorrectionService } from './approval/correction.service.js';
import { Decisions } from './approval/decisions.js';
import { DelegationController } from './approval/delegation.controller.js';
import { DelegationService } from './approval/delegation.service.js';
import { Delegations } from './approval/delegations.js';
import { EmergencyPolicies } from './approval/emergency-policies.js';
import { PolicyController } from './approval/policy.controller.js';
import { ReviewService } from './approval/review.service.js';
import { Standings } from './approval/standing.js';
import { WaitingController } from './approval/waiting.controller.js';
import { WaitingService } from './approval/waiting.service.js';
import { LibraryArchive } from './archive/library.archive.js';
import { LibraryAudio } from './audio/audio.service.js';
import { MediaTools } from './audio/media.tools.js';
import { ItemController } from './items/item.controller.js';
import { ItemService } from './items/item.service.js';
import { ItemVersions } from './items/item.versions.js';
import { LibraryService } from './items/library.service.js';
import { RecordingService } from './items/recording.service.js';
import { UploadService } from './items/upload.service.js';
import { VersionController } from './items/version.controller.js';
import { VisualController } from './items/visual.controller.js';
import { VisualService } from './items/visual.service.js';
import { StandbySound } from './relay/standby-sound.js';
import { indexFor } from './search/index.choice.js';
import { LibraryIndex } from './search/library.index.js';
import { SearchController } from './search/search.controller.js';
import { SearchService } from './search/search.service.js';
import { DictionaryService } from './speech/dictionary.service.js';
import { ScriptReader } from './speech/script.reader.js';
import { SpeechController } from './speech/speech.controller.js';
import { SpeechService } from './speech/speech.service.js';
import { TemplateController } from './templates/template.controller.js';
import { TemplateService } from './templates/template.service.js';

@Module({
  imports: [AreaModule, AccountModule, NoticeModule],
  controllers: [
    AcceptanceController,
    SpeechController,
    ApprovalController,
    WaitingController,
    DelegationController,
    PolicyController,
    ItemController,
    TemplateController,
    VersionController,
    VisualController,
    SearchController,
  ],
  providers: [
    AcceptanceService,
    DictionaryService,
    ScriptReader,
    SpeechService,
    SearchService,
    { provide: LibraryIndex, inject: [Database], useFactory: ({ kind }: Database) => indexFor(kind) },
    ApprovalClock,
    ApprovalGate,
    ApprovalNotices,
    ApprovalService,
    CorrectionService,
    Decisions,
    DelegationService,
    Delegations,
    EmergencyPolicies,
    ReviewService,
    Standings,
    WaitingService,
    ItemService,
    ItemVersions,
    LibraryArchive,
    LibraryAudio,
    LibraryService,
    MediaTools,
    RecordingService,
    StandbySound,
    TemplateService,
    UploadService,
    VisualService,
  ],
  exports: [
    ApprovalClock,
    ApprovalService,
    EmergencyPolicies,
    AcceptanceService,
    ItemService,
    LibraryArchive,
    LibraryAudio,
    LibraryService,
    MediaTools,
    RecordingService,
    StandbySound,
  ],
})
export class LibraryModule {}
