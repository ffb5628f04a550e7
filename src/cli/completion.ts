import { Argument, Command } from 'commander';
import { verb } from './session.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `keyturn completion`: a script for the shell, made from the verbs and options that the program has. */
export function completionVerb(program: Command): Command {
  const command = new Command('completion')
    .summary('print a completion script')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      '\nbash: source <(keyturn completion bash)   zsh: the same   fish: keyturn completion fish | source',
    );
  return verb<[Shell], object>(command, async (_session, [shell]) => {
    process.stdout.write(scripts[shell](wordsOf(program)));
  });
}

interface Words {
  readonly verb: string;
  readonly summary: string;
  readonly options: readonly { readonly flag: string; readonly description: string }[];
}

function wordsOf(program: Command): Words[] {
  return program.commands.map((command) => ({
    verb: command.name(),
    summary: command.summary(),
    options: [...command.options, ...program.options].flatMap(({ long, description }) =>
      long ? [{ flag: long, description }] : [],
    ),
  }));
}

const scripts: Record<Shell, (words: readonly Words[]) => string> = {
  bash: (words) => `_keyturn() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "$COMP_CWORD:\${COMP_WORDS[1]}" in
    1:*) words="${words.map((each) => each.verb).join(' ')}" ;;
${words.map((each) => `    *:${each.verb}) words="${flags(each)}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _keyturn keyturn
`,
  zsh: (words) => `#compdef keyturn
_keyturn() {
  local -a words_here
  if (( CURRENT == 2 )); then
    words_here=(${words.map((each) => quote(`${each.verb}:${each.summary}`)).join(' ')})
    _describe verb words_here
    return
  fi
  case "$words[2]" in
${words.map((each) => `    ${each.verb}) compadd -- ${flags(each)} ;;`).join('\n')}
  esac
  _files
}
compdef _keyturn keyturn
`,
  fish: (words) =>
    words
      .flatMap(({ verb: name, summary, options }) => [
        `complete -c keyturn -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
        ...options.map(
          ({ flag, description }) =>
            `complete -c keyturn -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} -d ${quote(description)}`,
        ),
      ])
      .join('\n')
      .concat('\n'),
};

function flags({ options }: Words): string {
  return options.map(({ flag }) => flag).join(' ');
}

/** Single quotes that bash, zsh and fish read alike; an apostrophe inside would not be. */
function quote(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
