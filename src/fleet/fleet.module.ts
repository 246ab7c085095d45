import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { NoticeModule } from '../notices/index.js';
import { DeviceAccess, DeviceGuard } from './access/device-access.js';
import { GateController } from './access/gate.controller.js';
import { GateGuard } from './access/gate.guard.js';
import { AlarmService } from './alarms/alarm.service.js';
import { Refusals } from './alarms/refusals.js';
import { ClusterService } from './cluster.service.js';
import { ClusterGroupController } from './cluster-group.controller.js';
import { ClusterGroupService } from './cluster-group.service.js';
import { ControllerController } from './controllers/controller.controller.js';
import { ControllerService } from './controllers/controller.service.js';
import { ControllerEnd } from './controllers/controller-end.js';
import { DeviceKeysController } from './enrolment/device-keys.controller.js';
import { DeviceKeys } from './enrolment/device-keys.service.js';
import { EnrolmentDoor } from './enrolment/enrolment.door.js';
import { EnrolmentService } from './enrolment/enrolment.service.js';
import { IdentityService } from './enrolment/identity.service.js';
import { FaultController } from './faults/fault.controller.js';
import { FaultDesk } from './faults/fault.desk.js';
import { FaultNotices } from './faults/fault.notices.js';
import { FaultService } from './faults/fault.service.js';
import { FleetController } from './fleet.controller.js';
import { Admission } from './handover/admission.js';
import { HandoverController } from './handover/handover.controller.js';
import { HandoverService } from './handover/handover.service.js';
import { TestTones } from './handover/test-tones.js';
import { ListenerService } from './listener.service.js';
import { PhotoController } from './photos/photo.controller.js';
import { PhotoService } from './photos/photo.service.js';
import { PlaceController } from './places/place.controller.js';
import { PlaceService } from './places/place.service.js';
import { SimService } from './sims/sim.service.js';
import { SimWatch } from './sims/sim.watch.js';
import { BrokerWatch } from './state/broker.watch.js';
import { EventLog } from './state/event-log.js';
import { PresenceService } from './state/presence.service.js';
import { StateClock } from './state/state.clock.js';
import { StateService } from './state/state.service.js';
import { UplinkHall } from './state/uplink-hall.js';
import { StockController } from './stock/stock.controller.js';
import { StockService } from './stock/stock.service.js';
import { TelemetryIntake } from './telemetry/telemetry.intake.js';
import { TelemetryQueries } from './telemetry/telemetry.queries.js';
import { TelemetryRollup } from './telemetry/telemetry.rollup.js';
import { UpkeepController } from './upkeep/upkeep.controller.js';
import { UpkeepService } from './upkeep/upkeep.service.js';

@Module({
  imports: [AreaModule, AccountModule, NoticeModule],
  controllers: [
    FleetController,
    GateController,
    ClusterGroupController,
    ControllerController,
    DeviceKeysController,
    FaultController,
    HandoverController,
    PhotoController,
    PlaceController,
    StockController,
    UpkeepController,
  ],
  providers: [
    Admission,
    AlarmService,
    BrokerWatch,
    ClusterGroupService,
    ClusterService,
    ControllerEnd,
    ControllerService,
    DeviceAccess,
    DeviceGuard,
    DeviceKeys,
    EnrolmentDoor,
    EnrolmentService,
    EventLog,
    FaultDesk,
    FaultNotices,
    FaultService,
    GateGuard,
    HandoverService,
    IdentityService,
    ListenerService,
    PhotoService,
    PlaceService,
    PresenceService,
    Refusals,
    SimService,
    SimWatch,
    StateClock,
    StateService,
    StockService,
    TelemetryIntake,
    TelemetryQueries,
    TelemetryRollup,
    TestTones,
    UplinkHall,
    UpkeepService,
  ],
  exports: [AlarmService, ClusterService, DeviceAccess, DeviceGuard, ListenerService, Refusals, TestTones, UplinkHall],
})
export class FleetModule {}
