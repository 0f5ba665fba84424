// The shells that helo can be completed in, each with a few words.

export const shells = { bash: 'from 3.2 on', zsh: 'with compinit', fish: 'from 3 on' } as const;
