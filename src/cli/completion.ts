// `helo completion SHELL`: the script with which a shell completes helo's commands, made from the manuals.
import { err, ok } from '../lib/result.ts';
import { didYouMean } from '../lib/suggest.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { grammar } from './completion/grammar.ts';
import { shells } from './completion/shells.ts';
import { zshScript } from './completion/zsh.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { completionManual } from './manuals/completion.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const run: RunCommand = async (argv) => {
  const given = fromArguments(completionManual.flags, argv, process.cwd());
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(completionManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const names = Object.keys(shells);
  const [shell, surplus] = given.value.rest;
  if (shell === undefined || surplus !== undefined) {
    return err(usageFailure('completion takes one shell', `There are: ${names.join(', ')}.`));
  }
  if (!Object.hasOwn(scripts, shell)) {
    const hint = didYouMean(shell, names) ?? `There are: ${names.join(', ')}.`;
    return err(usageFailure(`completion does not know the shell ${quoted(shell)}`, hint));
  }
  process.stdout.write(scripts[shell as keyof typeof scripts](grammar()));
  return ok(exitCodes.ok);
};
