import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { NoticeModule } from '../notices/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { AssetService } from './asset.service.js';
import { AssetLine } from './asset-line.js';
import { AssetServer } from './asset-server.js';
import { ActiveLists } from './commands/active-lists.js';
import { CommandClock } from './commands/command.clock.js';
import { CommandController } from './commands/command.controller.js';
import { CommandService } from './commands/command.service.js';
import { CommandViews } from './commands/command.views.js';
import { CommandCodes } from './commands/command-codes.js';
import { CommandIssuer } from './commands/command-issuer.js';
import { CommandSender } from './commands/command-sender.js';
import { PlayNowController } from './commands/play-now.controller.js';
import { PlayNowService } from './commands/play-now.service.js';
import { CommandStatusIntake } from './commands/status-intake.js';
import { Summons } from './commands/summons.js';
import { PlayedTones } from './commands/test-tones.js';
import { DeviceController } from './device.controller.js';
import { PartService } from './part.service.js';
import { PlanPublisher } from './plan-publisher.js';
import { PlannedPlays } from './planned-plays.js';
import { RetainedService } from './retained.service.js';
import { TimeService } from './time.service.js';
import { Audience } from './updates/audience.js';
import { OrderIssuer } from './updates/order-issuer.js';
import { OrderRetainer } from './updates/order-retainer.js';
import { ReleaseService } from './updates/release.service.js';
import { RolloutClock } from './updates/rollout.clock.js';
import { RolloutService } from './updates/rollout.service.js';
import { RolloutViews } from './updates/rollout.views.js';
import { UpdateStatusIntake } from './updates/status-intake.js';
import { UpdateController } from './updates/update.controller.js';

const COMMANDS = [
  ActiveLists,
  CommandClock,
  CommandCodes,
  CommandIssuer,
  CommandSender,
  CommandService,
  CommandStatusIntake,
  CommandViews,
  PlayedTones,
  PlayNowService,
  Summons,
];

const UPDATES = [
  Audience,
  OrderIssuer,
  OrderRetainer,
  ReleaseService,
  RolloutClock,
  RolloutService,
  RolloutViews,
  UpdateStatusIntake,
];

@Module({
  imports: [AreaModule, AccountModule, FleetModule, LibraryModule, NoticeModule, SchedulingModule],
  controllers: [DeviceController, CommandController, PlayNowController, UpdateController],
  providers: [
    AssetLine,
    AssetServer,
    AssetService,
    PartService,
    PlannedPlays,
    PlanPublisher,
    RetainedService,
    TimeService,
    ...COMMANDS,
    ...UPDATES,
  ],
  exports: [
    AssetServer,
    AssetService,
    PlannedPlays,
    PlanPublisher,
    RetainedService,
    TimeService,
    ActiveLists,
    CommandClock,
    CommandIssuer,
    CommandSender,
    CommandStatusIntake,
    PlayNowService,
    Summons,
    OrderRetainer,
    RolloutClock,
    UpdateStatusIntake,
  ],
})
export class DispatchModule {}
