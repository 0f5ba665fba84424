// The manual of `helo completion`.
import { shells } from '../completion/shells.ts';
import type { Manual } from '../flags/help.ts';

export const completionManual: Manual = {
  usage: 'helo completion SHELL',
  summary: 'Prints what a shell needs to complete commands, flags and files of helo.',
  flags: {},
  operands: [{ value: 'SHELL', takes: shells }],
  notes: [
    '',
    '  bash  helo completion bash > ~/.local/share/bash-completion/completions/helo',
    '  zsh   helo completion zsh > _helo, in a folder of $fpath before compinit runs',
    '  fish  helo completion fish > ~/.config/fish/completions/helo.fish',
    '',
    'Shells that are started afterwards know it.',
    'Exit codes: 0 printed; 1 no shell that it knows.',
  ],
};
