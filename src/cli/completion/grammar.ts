// What may follow `helo`, without the types of the flags: the scripts for shells are made from it.
import type { Operand, Takes } from '../flags/help.ts';
import type { Flag, FlagTable } from '../flags/table.ts';
import { manuals } from '../manuals/all.ts';
import { summaries, type CommandName } from '../summaries.ts';

export interface FlagForm {
  /** With its dashes. */
  readonly name: string;
  readonly help: string;
  /** Undefined for a switch. */
  readonly value: { readonly name: string; readonly takes: Takes } | undefined;
}

export interface CommandForm {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagForm[];
  readonly operands: readonly Operand[];
}

export interface Grammar {
  readonly commands: readonly CommandForm[];
  /** The flags that may stand instead of a command. */
  readonly flags: readonly FlagForm[];
}

const help: FlagForm = { name: '--help', help: 'tells what there is', value: undefined };

export function grammar(): Grammar {
  const own = Object.entries(summaries).map(([name, summary]): CommandForm => {
    const { flags, operands } = manuals[name as CommandName];
    return { name, summary, flags: formsOf(flags), operands };
  });
  const topic: Operand = { value: 'COMMAND', takes: summaries };
  const helper = { name: 'help', summary: 'the flags of a command', flags: [], operands: [topic] };
  const version: FlagForm = { name: '--version', help: 'the version', value: undefined };
  return { commands: [...own, helper], flags: [help, version] };
}

function formsOf(flags: FlagTable): readonly FlagForm[] {
  const told = Object.entries(flags).map(([name, flag]) => ({
    name: `--${name}`,
    help: flag.help,
    value: flag.value === undefined ? undefined : { name: flag.value, takes: takesOf(flag) },
  }));
  const hasRare = Object.values(flags).some(({ rare }) => rare === true);
  const all: FlagForm = { name: '--help-all', help: 'tells all flags', value: undefined };
  return [...told, help, ...(hasRare ? [all] : [])];
}

function takesOf({ value, decode }: Flag<unknown>): Takes {
  if (value === 'FILE') return 'file';
  if (value === 'DIR') return 'folder';
  if (decode.words === undefined) return 'text';
  return Object.fromEntries(decode.words.map((word) => [word, '']));
}

/** `text` as one word of a shell, whatever it contains. */
export function quotedForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
