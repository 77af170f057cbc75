/** Taking over what was started by hand. */
import type { Explanations } from './explanation.ts';

export const adopt: Explanations = {
  'adopt/edited': {
    title: 'A file in the folder is not as it was written',
    why: 'Which run was trained there is known from its files; an edited one vouches for nothing.',
    example: 'the learning rate is changed in out/my-stack/sft/train.json before launch.sh is started',
    fix: 'Put the file back, if the training did not use the edit. Else it is another run: write the change into the program.',
    source: 'docs/state.md',
  },
  'adopt/nothing': {
    title: 'There is no attempt to take over',
    why: 'launch.sh makes attempts/1 in the folder of the run when it begins; there is none in the folder.',
    example: 'sft adopt my-stack/sft --from out   # launch.sh is in out/my-stack/sft',
    fix: 'Name the folder of the launch.sh that was started, or the one that SFT_RUN named.',
    source: 'docs/state.md',
  },
  'adopt/other-run': {
    title: 'The folder is of another run',
    why: 'Its train.json names another stack, run or identity: its checkpoints are not what these settings learn.',
    example: 'learningRate was changed in the program after sft export',
    fix: 'Name the folder of this run, or give the program the settings that were trained with.',
    source: 'docs/state.md',
  },
  'adopt/other-start': {
    title: 'The attempts in the folder are not of this run',
    why: 'An attempt’s token is a hash of workspace, stack, run and settings; this run’s is another one.',
    example: 'the files in the folder were written anew after the training began',
    fix: 'Name the folder where launch.sh of exactly this run was started.',
    source: 'docs/state.md',
  },
  'adopt/taken': {
    title: 'The run has a folder of its own already',
    why: 'Two folders of one run would be two trainings under one name.',
    example: 'sft apply, then launch.sh of an export of the same run',
    fix: 'Keep one of them: stop the other, and remove its folder if nothing in it is needed.',
    source: 'docs/state.md',
  },
};
