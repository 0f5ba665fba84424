// The script for fish.
import type { Operand, Takes } from '../flags/help.ts';
import type { CommandForm, FlagForm, Grammar } from './grammar.ts';

export function fishScript({ commands, flags }: Grammar): string {
  const lines = commands.flatMap((command) => {
    const when = `__helo_has ${command.name}`;
    return [
      line('__helo_has_none', [`-a ${command.name}`, `-d ${quoted(command.summary)}`]),
      ...command.flags.map((flag) => flagLine(when, flag)),
      ...command.operands.flatMap((operand, index) => operandLines(command, operand, index)),
    ];
  });
  return `# Completion of helo in fish. Made by: helo completion fish

# Whether this command is typed, or none yet.
function __helo_has
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

function __helo_has_none
    test (count (commandline -opc)) -eq 1
end

# How many words behind the command belong to no flag. The arguments are the flags that take a value.
function __helo_operands
    set -l words (commandline -opc)
    set -l count 0
    set -l value no
    for word in $words[3..-1]
        if test $value = yes
            set value no
        else if contains -- $word $argv
            set value yes
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    echo $count
end

complete -c helo -f
${flags.map((flag) => flagLine('__helo_has_none', flag)).join('\n')}
${lines.join('\n')}
`;
}

function flagLine(when: string, { name, help, value }: FlagForm): string {
  const about = [`-l ${name.slice(2)}`, `-d ${quoted(help)}`];
  return line(when, value === undefined ? about : [...about, ...fishValues(value.takes)]);
}

function operandLines({ name, flags }: CommandForm, operand: Operand, index: number): string[] {
  const { takes, repeats } = operand;
  if (takes === 'text') return [];
  const valued = flags.filter(({ value }) => value !== undefined).map((flag) => flag.name);
  const place = repeats === true ? `-ge ${index}` : `-eq ${index}`;
  const count = ['__helo_operands', ...valued].join(' ');
  const when = `__helo_has ${name}; and test (${count}) ${place}`;
  if (takes === 'file') return [line(when, ['-F'])];
  if (takes === 'folder') return [line(when, [`-a '(__fish_complete_directories)'`])];
  return Object.entries(takes).map(([word, help]) =>
    line(when, [`-a ${word}`, ...(help === '' ? [] : [`-d ${quoted(help)}`])]),
  );
}

function fishValues(takes: Takes): string[] {
  switch (takes) {
    case 'text':
      return ['-x'];
    case 'file':
      return ['-r', '-F'];
    case 'folder':
      return ['-x', `-a '(__fish_complete_directories)'`];
    default:
      return ['-x', `-a ${quoted(Object.keys(takes).join(' '))}`];
  }
}

function line(when: string, parts: readonly string[]): string {
  return ['complete -c helo', `-n ${quoted(when)}`, ...parts].join(' ');
}

/** In fish a backslash escapes a quote inside quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
