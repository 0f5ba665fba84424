export type TransferRecord = { kind: 'outgoing'; id: string };
