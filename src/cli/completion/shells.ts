// The shells with completion, each with a short description.

export const shells = { bash: 'from 3.2 on', zsh: 'with compinit', fish: 'from 3 on' } as const;
