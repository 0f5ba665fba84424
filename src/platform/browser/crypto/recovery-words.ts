// Recovery words for the page, which may not know e2ee/ itself.
export {
  lookAtWords,
  parseRecoveryWords,
  recoveryKey,
  recoveryWordCount,
  vaultSecret,
} from '../../../e2ee/recovery/recovery-words.ts';
