// The script for bash 3.2, which macOS has, and later: no associative arrays, no `mapfile`, and `compopt` only if it
// exists. Needs no package of completions.
import type { Takes } from '../flags/help.ts';
import { quotedForShell, type CommandForm, type Grammar } from './grammar.ts';

export function bashScript({ commands, flags }: Grammar): string {
  const valued = commands.flatMap(({ name, flags: own }) =>
    own.filter(({ value }) => value !== undefined).map((flag) => `'${name} ${flag.name}'`),
  );
  const first = [...commands, ...flags].map(({ name }) => name).join(' ');
  return `# Completion of helo in bash. Made by: helo completion bash

_helo() {
  local current previous command line word nth=0 wanted=
  COMPREPLY=()
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  # Bash takes --flag=value for three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quotedForShell(first)} -- "$current"))
    return
  fi
  command=\${COMP_WORDS[1]}
  case "$command $previous" in
${flagCases(commands).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${commands.map(({ name, flags: own }) => `      ${name}) _helo_words ${quotedForShell(own.map((flag) => flag.name).join(' '))} ;;`).join('\n')}
    esac
    return
  fi
  # How many words stand before this one that belong to no flag. By blanks, not by COMP_WORDS, which also breaks at colons.
  read -r -a line <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]] && line+=('')
  for word in "\${line[@]:2:\${#line[@]}-3}"; do
    if [[ -n $wanted ]]; then
      wanted=
      continue
    fi
    case "$command $word" in
      ${valued.join(' | ')}) wanted=1 ;;
      *' -'*) ;;
      *) nth=$((nth + 1)) ;;
    esac
  done
  case "$command $nth" in
${commands.flatMap(operandCases).join('\n')}
  esac
}

_helo_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_helo_paths() {
  local path
  # With a slash behind folders, and blanks in names kept.
  type compopt > /dev/null 2>&1 && compopt -o filenames
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$current")
}

complete -F _helo helo
`;
}

/** What may follow each flag. Flags with the same values share a case. */
function flagCases(commands: readonly CommandForm[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const { name, flags } of commands) {
    for (const flag of flags) {
      if (flag.value === undefined) continue;
      const action = bashAction(flag.value.takes);
      patterns.set(action, [...(patterns.get(action) ?? []), `'${name} ${flag.name}'`]);
    }
  }
  return Array.from(patterns, ([action, those]) => {
    return `    ${those.join(' | ')})\n      ${action}return\n      ;;`;
  });
}

function operandCases({ name, operands }: CommandForm): string[] {
  return operands.map(({ takes, repeats }, index) => {
    // An operand that may repeat is the last one, so its case comes last.
    const place = repeats === true ? `'${name} '*` : `'${name} ${index}'`;
    return `    ${place}) ${bashAction(takes)}return ;;`;
  });
}

function bashAction(takes: Takes): string {
  switch (takes) {
    case 'text':
      return '';
    case 'file':
      return '_helo_paths -f; ';
    case 'folder':
      return '_helo_paths -d; ';
    default:
      return `_helo_words ${quotedForShell(Object.keys(takes).join(' '))}; `;
  }
}
