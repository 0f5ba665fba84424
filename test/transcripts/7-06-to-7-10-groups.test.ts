import type { Person, Stage } from './stage.ts';
import { transcripts } from './stage.ts';

/** alice is the admin of `g`, bob and carol are in it, dave is not. */
async function group(stage: Stage): Promise<Person[]> {
  const people = await stage.people('alice', 'bob', 'carol', 'dave');
  const [alice, bob, carol] = people;
  alice.says('CREATE_GROUP /create_group g');
  await alice.hears('+SUCCESS group "g" has been created!');
  for (const member of [bob, carol]) {
    member.says('JOIN_GROUP /join g');
    await member.hears('+SUCCESS you have successfully entered group "g"');
  }
  return people;
}

async function fourPeople(stage: Stage): Promise<readonly [Person, Person, Person, Person]> {
  const [alice, bob, carol, dave] = await group(stage);
  if (!alice || !bob || !carol || !dave) throw new Error('four people');
  return [alice, bob, carol, dave];
}

transcripts({
  '[7.6] a group is made once': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.says('CREATE_GROUP /create_group g');
    await alice.hears('+SUCCESS group "g" has been created!');
    bob.says('CREATE_GROUP /create_group g');
    await bob.hears('-SOFT_ERR a group with that name already exists!');
    alice.says('CREATE_GROUP /create_group g');
    await alice.hears('-SOFT_ERR a group with that name already exists!');
  },

  '[7.6] its maker is a member of it': async ({ people }) => {
    const [alice] = await people('alice');
    alice.says('CREATE_GROUP /create_group g');
    await alice.hears('+SUCCESS group "g" has been created!');
    alice.says('JOIN_GROUP /join g');
    await alice.hears('-SOFT_ERR you are already a member of that group!');
  },

  '[7.7] joining: no such group, already a member, entered': async (stage) => {
    const [, bob, , dave] = await fourPeople(stage);
    dave.says('JOIN_GROUP /join nope');
    await dave.hears('-SOFT_ERR no such group!');
    bob.says('JOIN_GROUP /join g');
    await bob.hears('-SOFT_ERR you are already a member of that group!');
    dave.says('JOIN_GROUP /join g');
    await dave.hears('+SUCCESS you have successfully entered group "g"');
  },

  '[7.7] who was kicked out is banned': async (stage) => {
    const [alice, bob] = await fourPeople(stage);
    alice.says('KICK /kick g bob');
    await bob.hears('+SUCCESS you have been kicked out of the group g');
    bob.says('JOIN_GROUP /join g');
    await bob.hears('-SOFT_ERR you are banned from that group!');
  },

  '[7.8] a group message goes to every member and the admin, the sender too, and to nobody else':
    async (stage) => {
      const [alice, bob, carol, dave] = await fourPeople(stage);
      bob.says('GROUP_MESSAGE @@g hi  all ');
      for (const member of [alice, bob, carol]) await member.hears('GROUP_MESSAGE [bob] hi  all ');
      await dave.hearsNothing();
    },

  '[7.8] no such group, not a member': async (stage) => {
    const [alice, , , dave] = await fourPeople(stage);
    dave.says('GROUP_MESSAGE @@nope hi');
    await dave.hears('-SOFT_ERR no such group!');
    dave.says('GROUP_MESSAGE @@g hi');
    await dave.hears('-SOFT_ERR you are not allowed to write in that group!');
    await alice.hearsNothing();
  },

  '[7.9] leaving: no such group, not a member, an admin, a member': async (stage) => {
    const [alice, bob, carol, dave] = await fourPeople(stage);
    dave.says('LEAVE_GROUP /leave nope');
    await dave.hears('-SOFT_ERR no such group!');
    dave.says('LEAVE_GROUP /leave g');
    await dave.hears('-SOFT_ERR you are not a member of that group!');
    alice.says('LEAVE_GROUP /leave g');
    await alice.hears(`-SOFT_ERR you are an admin, you can't leave the group!"`);
    bob.says('LEAVE_GROUP /leave g');
    await bob.hears('+SUCCESS you have successfully left the group "g"');
    carol.says('GROUP_MESSAGE @@g still here?');
    await alice.hears('GROUP_MESSAGE [carol] still here?');
    await carol.hears('GROUP_MESSAGE [carol] still here?');
    await bob.hearsNothing();
    bob.says('JOIN_GROUP /join g');
    await bob.hears('+SUCCESS you have successfully entered group "g"');
  },

  '[7.10] kicking: the checks stand in order': async (stage) => {
    const [alice, bob, , dave] = await fourPeople(stage);
    dave.says('KICK /kick nope dave');
    await dave.hears('-SOFT_ERR no such group!');
    bob.says('KICK /kick g bob');
    await bob.hears('-SOFT_ERR you are not allowed to kick members out that group!');
    dave.says('KICK /kick g bob');
    await dave.hears('-SOFT_ERR you are not allowed to kick members out that group!');
    alice.says('KICK /kick g alice');
    await alice.hears('-SOFT_ERR why would you kick yourself out of your group :)?');
    alice.says('KICK /kick g dave');
    await alice.hears('-SOFT_ERR user dave is not a member of group g');
    alice.says('KICK /kick g no-body');
    await alice.hears('-SOFT_ERR user no-body is not a member of group g');
  },

  '[7.10] a kick is told to those who remain, to the admin, and to the one kicked out': async (
    stage,
  ) => {
    const [alice, bob, carol, dave] = await fourPeople(stage);
    alice.says('KICK /kick g bob');
    await alice.hears(
      'GROUP_MESSAGE user bob has been kicked out of group g',
      '+SUCCESS user bob has been kicked out of group g',
    );
    await carol.hears('GROUP_MESSAGE user bob has been kicked out of group g');
    await bob.hears('+SUCCESS you have been kicked out of the group g');
    carol.says('GROUP_MESSAGE @@g finally');
    await alice.hears('GROUP_MESSAGE [carol] finally');
    bob.says('GROUP_MESSAGE @@g hey');
    await bob.hears('-SOFT_ERR you are not allowed to write in that group!');
    await dave.hearsNothing();
  },

  'an admin who goes leaves the group to its longest-standing member': async (stage) => {
    const [alice, bob, carol] = await fourPeople(stage);
    alice.vanishes();
    await bob.hears('+SUCCESS you are now the admin of group "g"');
    bob.says('KICK /kick g carol');
    await carol.hears('+SUCCESS you have been kicked out of the group g');
  },

  'what a guest held is gone with the guest': async (stage) => {
    const [, bob, , dave] = await fourPeople(stage);
    bob.says('QUIT q');
    await bob.hearsLast('+OK Goodbye');
    const [next] = await stage.people('bob');
    next.says('GROUP_MESSAGE @@g hi');
    await next.hears('-SOFT_ERR you are not allowed to write in that group!');
    await dave.hearsNothing();
  },
});
