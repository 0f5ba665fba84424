// The script for zsh, for its system of completions (compinit).
import type { Operand, Takes } from '../flags/help.ts';
import { quotedForShell, type CommandForm, type FlagForm, type Grammar } from './grammar.ts';

export function zshScript({ commands, flags }: Grammar): string {
  const described = commands.map(({ name, summary }) => quotedForShell(`${name}:${summary}`));
  return `#compdef helo
# Completion of helo in zsh. Made by: helo completion zsh

_helo() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
${flags.map((flag) => `    ${flagSpec(flag, '(- 1 *)')} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command)
      local -a commands=(
${described.map((text) => `        ${text}`).join('\n')}
      )
      _describe command commands
      ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _helo ]]; then
  _helo "$@"
else
  compdef _helo helo
fi
`;
}

function commandCase({ name, flags, operands }: CommandForm): string {
  const specs = [...flags.map((flag) => flagSpec(flag, '')), ...operands.map(operandSpec)];
  return `        ${name})
          _arguments ${specs.map((spec) => `\\\n            ${spec}`).join(' ')}
          ;;`;
}

function flagSpec({ name, help, value }: FlagForm, excluded: string): string {
  const told = `[${help.replaceAll(/[[\]:\\]/g, String.raw`\$&`)}]`;
  if (value === undefined) return quotedForShell(`${excluded}${name}${told}`);
  return quotedForShell(`${name}=${told}:${value.name}:${zshAction(value.takes)}`);
}

function operandSpec({ value, takes, repeats }: Operand, index: number): string {
  return quotedForShell(`${repeats === true ? '*' : index + 1}:${value}:${zshAction(takes)}`);
}

function zshAction(takes: Takes): string {
  switch (takes) {
    case 'text':
      return ' ';
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    default: {
      const words = Object.entries(takes);
      if (words.every(([, help]) => help === '')) {
        return `(${words.map(([word]) => word).join(' ')})`;
      }
      const described = words.map(
        ([word, help]) => `${word}\\:${help.replaceAll(/[^\w,.-]/g, String.raw`\$&`)}`,
      );
      return `((${described.join(' ')}))`;
    }
  }
}
