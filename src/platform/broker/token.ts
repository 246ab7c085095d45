/** Injection token of the embedded broker; null where MQTT_URL names an external one. */
export const EMBEDDED_BROKER = Symbol('EmbeddedBroker');
/** Injection token of the {@link ExternalAccess}. */
export const EXTERNAL_ACCESS = Symbol('ExternalAccess');
