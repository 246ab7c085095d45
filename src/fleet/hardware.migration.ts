import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  boolean,
  createTable,
  double,
  dropTable,
  integer,
  json,
  requireValue,
  text,
} from '../platform/database/index.js';

/** Places with photographs and a reach; controllers with keys, programs and an end that has a reason. */
export class FleetHardware1767225634000 implements MigrationInterface {
  readonly name = 'FleetHardware1767225634000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'cluster', 'reach', text().nullable());
    await runner.query(`UPDATE cluster SET reach = 'horn'`);
    await requireValue(runner, 'cluster', 'reach');
    for (const name of ['revoked_reason', 'former_public_key', 'firmware', 'capabilities'])
      await addColumn(runner, 'controller', name, text().nullable());
    await addColumn(runner, 'controller', 'key_changed_at_ms', bigint().nullable());
    for (const name of ['box_id', 'reason']) await addColumn(runner, 'claim', name, text().nullable());
    await addColumn(runner, 'alarm', 'acknowledged_at_ms', bigint().nullable());
    await addColumn(runner, 'alarm', 'acknowledged_by_name', text().nullable());
    await createTable(runner, 'fleet_photo', {
      columns: {
        id: text().primary(),
        subject: text(),
        subject_id: text(),
        cluster_id: text(),
        sha256: text(),
        type: text(),
        bytes: integer(),
        width: integer(),
        height: integer(),
        caption: text(),
        added_by_name: text(),
        added_at_ms: bigint(),
      },
      indexes: [['subject', 'subject_id']],
    });
    await createTable(runner, 'issued_identity', {
      columns: {
        controller_id: text().primary(),
        content_sha256: text(),
        signed: text().nullable(),
        issued_at_ms: bigint(),
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['issued_identity', 'fleet_photo']) await dropTable(runner, table);
    for (const [table, names] of Object.entries({
      alarm: ['acknowledged_by_name', 'acknowledged_at_ms'],
      claim: ['reason', 'box_id'],
      controller: ['key_changed_at_ms', 'capabilities', 'firmware', 'former_public_key', 'revoked_reason'],
      cluster: ['reach'],
    }))
      for (const name of names) await runner.dropColumn(table, name);
  }
}

export class FleetSims1767225635000 implements MigrationInterface {
  readonly name = 'FleetSims1767225635000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'sim', {
      columns: {
        id: text().primary(),
        controller_id: text().nullable(),
        box_id: text().nullable(),
        carrier: text(),
        number: text(),
        iccid: text(),
        expires_on: text().nullable(),
        quota_bytes: bigint().nullable(),
        warn_days: integer(),
        warn_share: double(),
        changed_at_ms: bigint(),
      },
      uniqueIndexes: [['controller_id'], ['box_id']],
    });
    await createTable(runner, 'traffic_meter', {
      columns: {
        controller_id: text().primary(),
        boot: bigint(),
        uptime_s: bigint(),
        bytes_up: bigint(),
        bytes_down: bigint(),
      },
    });
    await createTable(runner, 'traffic_month', {
      columns: { controller_id: text().primary(), month: text().primary(), bytes_up: bigint(), bytes_down: bigint() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['traffic_month', 'traffic_meter', 'sim']) await dropTable(runner, table);
  }
}

export class FleetStock1767225636000 implements MigrationInterface {
  readonly name = 'FleetStock1767225636000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'stock_batch', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        maker: text(),
        name: text(),
        boxes: integer(),
        imported_by_name: text(),
        imported_at_ms: bigint(),
      },
      indexes: [['area_path']],
    });
    await createTable(runner, 'stock_box', {
      columns: {
        id: text().primary(),
        batch_id: text(),
        area_path: text(),
        model: text(),
        serial: text(),
        code_sha256: text(),
        public_key: text().nullable(),
        state: text(),
        cluster_id: text().nullable(),
        controller_id: text().nullable(),
        called_at_ms: bigint().nullable(),
      },
      indexes: [['batch_id']],
      uniqueIndexes: [['model', 'serial'], ['code_sha256']],
    });
    await createTable(runner, 'handover', {
      columns: {
        id: text().primary(),
        box_id: text(),
        cluster_id: text(),
        technician_id: text(),
        technician_name: text(),
        latitude: double(),
        longitude: double(),
        accuracy_m: double().nullable(),
        test_tone_command: text().nullable(),
        test_tone: text(),
        signed_name: text(),
        signature_sha256: text().nullable(),
        note: text(),
        signed_at_ms: bigint(),
        received_at_ms: bigint(),
        content_sha256: text(),
        photo_ids: json(),
      },
      indexes: [['cluster_id']],
    });
    await createTable(runner, 'handover_file', {
      columns: {
        handover_id: text().primary(),
        name: text().primary(),
        technician_id: text(),
        sha256: text(),
        type: text(),
        bytes: integer(),
        width: integer(),
        height: integer(),
        received_at_ms: bigint(),
      },
      indexes: [['received_at_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['handover_file', 'handover', 'stock_box', 'stock_batch']) await dropTable(runner, table);
  }
}

export class FleetState1767225637000 implements MigrationInterface {
  readonly name = 'FleetState1767225637000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'controller_state', {
      columns: {
        controller_id: text().primary(),
        connected: boolean().nullable(),
        connection_at_ms: bigint().nullable(),
        heard_at_ms: bigint().nullable(),
        power_lost_at_ms: bigint().nullable(),
        faults: json(),
        trust: text().nullable(),
        untrusted_at_ms: bigint().nullable(),
        playing: text().nullable(),
        boot: bigint().nullable(),
        silent_until_ms: bigint().nullable(),
        volume_percent: integer().nullable(),
        waiting_receipts: bigint(),
        state: text(),
        because: text(),
        since_ms: bigint(),
        recheck_at_ms: bigint().nullable(),
      },
      indexes: [['recheck_at_ms']],
    });
    await createTable(runner, 'controller_state_span', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        state: text(),
        because: text(),
        from_ms: bigint(),
        until_ms: bigint().nullable(),
      },
      indexes: [['controller_id', 'from_ms']],
    });
    await createTable(runner, 'device_event', {
      columns: {
        controller_id: text().primary(),
        boot: bigint().primary(),
        seq: bigint().primary(),
        kind: text(),
        code: text().nullable(),
        detail: text(),
        at_ms: bigint().nullable(),
        received_at_ms: bigint(),
      },
      indexes: [['received_at_ms']],
    });
    await createTable(runner, 'telemetry', {
      columns: {
        controller_id: text().primary(),
        at_ms: bigint().primary(),
        boot: bigint(),
        uptime_s: bigint(),
        bytes_up: bigint(),
        bytes_down: bigint(),
        signal_dbm: double().nullable(),
        temperature_c: double().nullable(),
        supply_volts: double().nullable(),
        supply: text().nullable(),
        free_bytes: bigint().nullable(),
        memory_bytes: bigint().nullable(),
        clock_error_ms: bigint().nullable(),
        volume_percent: integer().nullable(),
        amplifier: boolean().nullable(),
      },
    });
    await createTable(runner, 'telemetry_day', {
      columns: {
        controller_id: text().primary(),
        day: text().primary(),
        messages: integer(),
        uptime_share: double(),
        bytes_up: bigint(),
        bytes_down: bigint(),
        figures: json(),
      },
    });
    await createTable(runner, 'telemetry_rolled', {
      columns: { day: text().primary(), at_ms: bigint(), controllers: integer() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'telemetry_rolled',
      'telemetry_day',
      'telemetry',
      'device_event',
      'controller_state_span',
      'controller_state',
    ])
      await dropTable(runner, table);
  }
}

export class FleetFaults1767225638000 implements MigrationInterface {
  readonly name = 'FleetFaults1767225638000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'fault', {
      columns: {
        id: text().primary(),
        cluster_id: text(),
        controller_id: text(),
        kind: text(),
        episode: text(),
        first_seen_ms: bigint(),
        last_seen_ms: bigint(),
        assignee_id: text().nullable(),
        assignee_name: text().nullable(),
        note: text(),
        closed_at_ms: bigint().nullable(),
        closed_by: text().nullable(),
        closed_by_name: text().nullable(),
      },
      indexes: [['cluster_id'], ['closed_at_ms']],
      uniqueIndexes: [['controller_id', 'kind', 'episode']],
    });
    await createTable(runner, 'upkeep', {
      columns: {
        id: text().primary(),
        cluster_id: text(),
        controller_id: text().nullable(),
        fault_id: text().nullable(),
        kind: text(),
        day: text(),
        person: text(),
        cost_vnd: bigint(),
        text: text(),
        written_by_name: text(),
        written_at_ms: bigint(),
      },
      indexes: [['cluster_id', 'day']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['upkeep', 'fault']) await dropTable(runner, table);
  }
}
