// The manual of `helo admin`, with all its acts.
import { acts } from '../admin/acts.ts';
import { adminFlags } from '../admin/options.ts';
import type { Manual } from '../flags/help.ts';

const forms = Object.entries(acts).map(([name, { takes, summary }]) => ({
  form: takes === 'nothing' ? name : `${name} ${takes}`,
  summary,
}));
const width = Math.max(...forms.map(({ form }) => form.length));
const actWords = Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, act.summary]));

export const adminManual: Manual = {
  usage: 'helo admin ACT [flags]',
  summary: 'Accounts and invites of a running server, without stopping it.',
  flags: adminFlags,
  operands: [{ value: 'ACT', takes: actWords }],
  notes: [
    '',
    ...forms.map(({ form, summary }) => `  ${form.padEnd(width)}  ${summary}`),
    '',
    'Exit codes: 0 done; 1 wrongly asked; 3 no server runs there, or it has refused.',
  ],
};
