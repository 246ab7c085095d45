/**
 * The client ids of a device: its name, and `NAME.tool` for the person who works at it while it is connected. No other name
 * can be the second, since names have no full stop.
 */
export const clientIdsOf = (device: string): readonly string[] => [device, `${device}.tool`];
