import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { NoticeModule } from '../notices/index.js';
import { ClashClock } from './clashes/clash.clock.js';
import { ClashController } from './clashes/clash.controller.js';
import { ClashNotices } from './clashes/clash.notices.js';
import { ClashService } from './clashes/clash.service.js';
import { Rulings } from './clashes/rulings.js';
import { ConflictController } from './conflicts/conflict.controller.js';
import { ConflictService } from './conflicts/conflict.service.js';
import { CopiesController } from './copies/copies.controller.js';
import { CopyService } from './copies/copy.service.js';
import { LineLayer } from './copies/line-layer.js';
import { TemplateService } from './copies/template.service.js';
import { AiringService } from './entries/airing.service.js';
import { AtOnceService } from './entries/at-once.service.js';
import { EntryService } from './entries/entry.service.js';
import { ExchangeController } from './exchange/exchange.controller.js';
import { CalendarExport } from './exchange/export.service.js';
import { CalendarIntake } from './exchange/import.service.js';
import { ForecastService } from './planning/forecast.service.js';
import { ForeignLoudspeakerService } from './planning/foreign-loudspeaker.service.js';
import { NeighboursService } from './planning/neighbours.service.js';
import { PlanningController } from './planning/planning.controller.js';
import { PlanningService } from './planning/planning.service.js';
import { Boards } from './preview/boards.js';
import { ScheduleService } from './preview/schedule.service.js';
import { PublicationController } from './publications/publication.controller.js';
import { PublicationService } from './publications/publication.service.js';
import { Publisher } from './publications/publisher.js';
import { Announcement } from './rules/announcement.js';
import { OverrideController } from './rules/override.controller.js';
import { OverrideService } from './rules/override.service.js';
import { RuleService } from './rules/rule.service.js';
import { RuleAttachmentService } from './rules/rule-attachment.service.js';
import { RuleSetController } from './rules/rule-set.controller.js';
import { RuleSetService } from './rules/rule-set.service.js';
import { YearDaysController } from './rules/year-days.controller.js';
import { YearDaysService } from './rules/year-days.service.js';
import { SchedulingController } from './scheduling.controller.js';

@Module({
  imports: [AreaModule, AccountModule, FleetModule, LibraryModule, NoticeModule],
  controllers: [
    SchedulingController,
    CopiesController,
    ExchangeController,
    PublicationController,
    PlanningController,
    RuleSetController,
    YearDaysController,
    OverrideController,
    ClashController,
    ConflictController,
  ],
  providers: [
    CalendarExport,
    CalendarIntake,
    CopyService,
    TemplateService,
    LineLayer,
    AiringService,
    AtOnceService,
    EntryService,
    ScheduleService,
    Boards,
    Publisher,
    PublicationService,
    PlanningService,
    NeighboursService,
    ForecastService,
    ForeignLoudspeakerService,
    RuleService,
    RuleSetService,
    RuleAttachmentService,
    YearDaysService,
    OverrideService,
    Announcement,
    ClashService,
    ClashClock,
    ClashNotices,
    Rulings,
    ConflictService,
  ],
  exports: [AiringService, AtOnceService, EntryService, PlanningService, ScheduleService, ClashService, ClashClock],
})
export class SchedulingModule {}
