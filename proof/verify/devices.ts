import { fromUtf8 } from '../../devices/protocol/index.js';
import { type DeviceRecord, deviceRecord, FILES } from '../pack/contents.js';
import type { Bound, OpenedPack } from './archive.js';
import type { Report } from './verdict.js';

/** Who the devices are, by their records. */
export function checkDevices(pack: OpenedPack<Bound>, report: Report): ReadonlyMap<string, DeviceRecord> {
  report.begin('devices');
  const devices = new Map<string, DeviceRecord>();
  const holders = new Map<string, string>();
  for (const { name } of pack.manifest.files.filter((file) => file.name.endsWith('/device.json'))) {
    const record = recordOf(pack, name);
    report.looked('devices');
    if (!record) report.find('devices', 'fileUnreadable', { file: name });
    else if (FILES.device(record.device) !== name) report.find('devices', 'deviceWrong', { file: name });
    else {
      devices.set(record.device, record);
      if (record.simulated && !pack.manifest.demo) report.find('devices', 'demoMixed', { device: record.device });
      for (const { publicKey } of record.keys) {
        const other = holders.get(publicKey);
        if (other !== undefined && other !== record.device)
          report.find('devices', 'deviceKeyTwice', { device: record.device, other });
        holders.set(publicKey, record.device);
      }
      const files = [
        ...(record.handover?.photos ?? []),
        ...(record.handover?.signature ? [record.handover.signature] : []),
      ];
      for (const file of files) if (!pack.has(file)) report.find('devices', 'fileMissing', { file });
    }
  }
  return devices;
}

function recordOf(pack: OpenedPack<Bound>, name: string): DeviceRecord | null {
  try {
    const parsed = deviceRecord.safeParse(JSON.parse(fromUtf8(pack.bytes(name))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
