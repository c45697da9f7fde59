#include "muxctl/command_line.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include <mux/version.hpp>

#include "muxctl/command_outline.hpp"
#include "muxctl/completion.hpp"
#include "muxctl/duration.hpp"
#include "muxctl/man_page.hpp"

namespace mux::inline v0::muxctl {

namespace {

constexpr std::array<std::string_view, 2> secret_options = {"--token-secret", "--authorization-token"};

template <class Value>
void add_choice(CLI::App& app, const std::string& name, Value& into,
                const std::map<std::string, Value>& choices, const std::string& description) {
  app.add_option_function<std::string>(
         name, [&into, choices](const std::string& text) { into = choices.at(text); }, description)
      ->check(CLI::IsMember([&choices] {
        std::vector<std::string> names;
        for (const auto& [text, value] : choices) names.push_back(text);
        return names;
      }()))
      ->type_name("");
}

void add_duration(CLI::App& app, const std::string& name, std::optional<std::chrono::nanoseconds>& into,
                  const std::string& description) {
  app.add_option_function<std::string>(
         name,
         [&into, name](const std::string& text) {
           into = parse_duration(text);
           if (!into)
             throw CLI::ValidationError(name, text + " is no duration; write 90, 1.5s, 250ms, 2m or 1h");
         },
         description)
      ->type_name("TIME");
}

void add_text(CLI::App& app, const std::string& name, std::optional<std::string>& into,
              const std::string& description, const std::string& type = "TEXT") {
  app.add_option(name, into, description)->type_name(type);
}

void add_labels(CLI::App& app, asset_labels& labels) {
  add_text(app, "--title", labels.title, "title, up to 512 characters");
  add_text(app, "--external-id", labels.external_id, "your own id, up to 128 characters");
  add_text(app, "--creator-id", labels.creator_id, "who made it, up to 128 characters");
  add_text(app, "--passthrough", labels.passthrough,
           "free text that comes back with the asset, up to 255 characters");
}

const std::map<std::string, row_format> formats = {
    {"jsonl", row_format::jsonl}, {"csv", row_format::csv}, {"table", row_format::table}};
const std::map<std::string, report_format> report_formats = {{"text", report_format::text},
                                                             {"json", report_format::json},
                                                             {"csv", report_format::csv},
                                                             {"html", report_format::html}};
const std::map<std::string, shell_name> shells = {
    {"bash", shell_name::bash}, {"zsh", shell_name::zsh}, {"fish", shell_name::fish}};
const std::map<std::string, colour_mode> colours = {
    {"auto", colour_mode::automatic}, {"always", colour_mode::always}, {"never", colour_mode::never}};
const std::map<std::string, ingest::manifest_format> manifest_formats = {
    {"auto", ingest::manifest_format::automatic}, {"csv", ingest::manifest_format::csv},
    {"files", ingest::manifest_format::files},    {"jsonl", ingest::manifest_format::json_lines},
    {"tsv", ingest::manifest_format::tsv},        {"urls", ingest::manifest_format::url_list}};
const std::map<std::string, ingest::create_policy> policies = {
    {"safe", ingest::create_policy::safe},
    {"at-most-once", ingest::create_policy::at_most_once},
    {"fast", ingest::create_policy::fast}};
const std::map<std::string, ingest::sweep_policy> sweeps = {{"auto", ingest::sweep_policy::automatic},
                                                            {"always", ingest::sweep_policy::always},
                                                            {"never", ingest::sweep_policy::never}};

// The tree of commands and what each was given. Options write into this object, so it stays where it is.
class command_tree {
 public:
  command_tree() : app_("Everyday calls and safe bulk ingest for the Mux Video API.", "muxctl") {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer(
        "Credentials come from MUX_TOKEN_ID and MUX_TOKEN_SECRET (or MUX_AUTHORIZATION_TOKEN), or from\n"
        "--credentials-file; MUX_BASE_URL names another API host.\n\n"
        "Exit codes: 0 done, 1 some rows failed, 2 usage, 3 manifest invalid, 4 credentials or permission,\n"
        "5 API unreachable, 6 stopped by --max-errors or --max-duration, 7 journal, 8 refused by the API, 9 "
        "unusable answer,\n"
        "129/130/143 stopped by a signal and resumable.\n\n"
        "Examples:\n"
        "  muxctl whoami\n"
        "  muxctl ingest movies.csv\n"
        "  muxctl assets list --all --format csv > assets.csv");
    add_global();
    add_ingest();
    add_assets();
    add_simple();
  }

  invocation parse(int argument_count, const char* const* arguments) {
    invocation made;
    for (int i = 0; i < argument_count; ++i) made.arguments.emplace_back(arguments[i]);
    refuse_secrets(made.arguments);
    try {
      app_.parse(argument_count, arguments);
    } catch (const CLI::CallForHelp&) {
      made.help = deepest().help();
      return made;
    } catch (const CLI::ParseError& fault) {
      throw failure(exit_code::usage, "usage", fault.what(), "see " + called() + " --help");
    }
    refuse_lost_flags();
    made.global = std::move(global_);
    if (document_)
      made.help = document_();
    else if (chosen_)
      made.command = chosen_();
    else
      made.retry = std::move(retry_);
    return made;
  }

  // Of options that are given several times the last one counts.
  void let_later_win() {
    for (CLI::App* app : {&app_, app_.get_subcommand("ingest")})
      for (CLI::Option* option : app->get_options())
        if (option->get_items_expected_max() == 1) option->take_last();
  }

 private:
  void add_global() {
    CLI::App& app = app_;
    const std::string group = "Connection and credentials";
    add_text(app, "--base-url", global_.base_url,
             "where the API is; default MUX_BASE_URL, else https://api.mux.com", "URL");
    add_text(app, "--ca-file", global_.ca_file,
             "trust the certificates in this PEM file instead of the system's", "FILE");
    add_text(
        app, "--credentials-file", global_.credentials_file,
        "read MUX_TOKEN_ID=… and MUX_TOKEN_SECRET=… from a file of mode 0600, or from standard input (-)",
        "FILE");
    add_text(app, "--token-id", global_.token_id,
             "access token to use; its secret comes from --credentials-file", "ID");
    add_duration(app, "--timeout", global_.timeout, "longest time of one try, without waiting for the limit");
    add_duration(app, "--deadline", global_.deadline, "longest time of one call, everything included");
    app.add_option("--rate-limit", global_.limits,
                   "CLASS=RATE[/BURST]: requests a second of a limit class (video_post, video_other, data, "
                   "monitoring, "
                   "system, robots) or off, and the size of the server's bucket")
        ->type_name("LIMIT")
        ->allow_extra_args(false);
    add_text(app, "--limits-dir", global_.limits_dir,
             "folder for limiter state that all muxctl processes share; default $XDG_STATE_HOME/mux/limits, "
             "empty: none",
             "DIR");
    add_text(app, "--bucket-id", global_.bucket_id,
             "name of the server's bucket, for several tokens of one environment that share it; default: the "
             "token id",
             "ID");
    app.add_flag(
        "--discover-burst", global_.discover_burst,
        "find out how many requests the server takes at once, where that is not known: costs one 429");
    for (const auto* name :
         {"--bucket-id", "--discover-burst", "--base-url", "--ca-file", "--credentials-file", "--token-id",
          "--timeout", "--deadline", "--rate-limit", "--limits-dir"})
      app.get_option(name)->group(group);
    add_choice(app, "--color", global_.colour, colours, "auto, always or never; NO_COLOR is honoured");
    add_text(app, "--log-file", global_.log_file,
             "append all that is said to this file, as JSON Lines with the time; as much as with -v at least",
             "FILE");
    app.add_flag_callback(
        "-q,--quiet", [this] { global_.level = verbosity::quiet; }, "only errors and the summary");
    app.add_flag_function(
        "-v,--verbose",
        [this](std::int64_t times) { global_.level = times > 1 ? verbosity::debug : verbosity::verbose; },
        "say more; -vv says most");
  }

  void add_ingest() {
    CLI::App& app = *app_.add_subcommand("ingest", "Create an asset for each row of a manifest, once.");
    app.footer(
        "The manifest is a CSV or TSV file with a header row, JSON Lines, or one URL a line. Columns and "
        "members:\n"
        "url or file, title, external_id, creator_id, passthrough, playback_policy, video_quality, and every "
        "field\n"
        "of the create by its dotted name, static_renditions.0.resolution for instance. Videos, folders and\n"
        "patterns are uploaded without a manifest. Faults are all reported before anything is sent.\n"
        "A run that was stopped, however hard, goes on where it was when the same command is given again.\n\n"
        "Examples:\n"
        "  muxctl ingest movies.csv\n"
        "  muxctl ingest movies.csv --dry-run\n"
        "  muxctl ingest ./videos/ --set test=true\n"
        "  muxctl ingest 'clips/*.mp4' --defaults house-style.json\n"
        "  find-videos | muxctl ingest - --format urls --journal videos.mux-journal\n"
        "  muxctl ingest movies.csv --json > events.jsonl");
    ingest_command& c = ingest_;
    app.add_option("MANIFEST", manifests_,
                   "file to read, - for standard input; or what to upload: videos, folders, patterns")
        ->type_name("");
    app.add_option("--journal", c.journal, "where progress is kept; default MANIFEST.mux-journal")
        ->type_name("FILE");
    add_choice(app, "--format", c.format, manifest_formats,
               "csv, tsv, jsonl, urls or files; default: told by name and content");
    app.add_option("--rate", c.rate, "creates a second, if your limit was raised; default 1")
        ->check(CLI::Range(0.001, 1e6))
        ->type_name("R");
    app.add_option("--burst", c.burst,
                   "size of the server's bucket for creates; default: unknown, 3 are used")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    app.add_option("--concurrency", c.concurrency,
                   "creates under way at a time; default: what the rate needs")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    add_choice(app, "--policy", c.policy, policies,
               "after a lost answer: safe (look for the asset, then repeat), at-most-once (never repeat), "
               "fast (repeat "
               "blindly)");
    add_duration(app, "--horizon", c.horizon, "how long a lost create may stay invisible; default 90s");
    app.add_option_function<std::string>(
           "--max-errors",
           [&c](const std::string& text) {
             const std::optional<error_limit> limit = error_limit::parse(text);
             if (!limit) throw CLI::ValidationError("--max-errors", text + " is neither a number nor N%");
             c.max_errors = *limit;
           },
           "stop after this many failed rows, or when more than N% of the rows so far failed, of 20 at least")
        ->type_name("N");
    add_duration(app, "--max-duration", c.max_duration, "begin no more creates after this time");
    app.add_flag("--wait", c.wait, "go on until every asset can be played or could not be processed");
    app.add_option("--uploads", c.uploads, "local files on their way at a time; default 4")
        ->check(CLI::Range(1, 64))
        ->type_name("N");
    add_duration(
        app, "--progress-interval", c.progress_interval,
        "a line of progress this often where there is no terminal, 0 for none; default: every 10 s and "
        "at each percent");
    app.add_flag("--retry-failed", c.retry_failed, "send rows that were refused in an earlier run again");
    add_choice(app, "--final-sweep", c.sweep, sweeps,
               "look for duplicates at the end; auto: if an answer was lost");
    app.add_flag_callback(
        "--no-final-sweep", [&c] { c.sweep = ingest::sweep_policy::never; },
        "the same as --final-sweep never");
    add_duration(app, "--stop-timeout", c.stop_timeout,
                 "time for calls under way after a signal; default 30s");
    app.add_flag("--dry-run", c.dry_run, "check the manifest, say how long it would take, send nothing");
    app.add_flag("--json", c.json, "events on standard output, one JSON object a line");
    app.add_option("--playback-policy", c.playback_policy, "for rows that name none")
        ->check(CLI::IsMember({"public", "signed"}))
        ->type_name("");
    app.add_option("--video-quality", c.video_quality, "for rows that name none")
        ->check(CLI::IsMember({"basic", "plus", "premium"}))
        ->type_name("");
    app.add_option("--set", c.set, "any field of the create, for rows that do not name it; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--defaults", c.defaults, "the same from a file with a JSON object")->type_name("FILE");
    add_run_files(app, c.files);
    app.callback([this, &app] {
      if (!app.get_subcommands().empty()) return;
      if (manifests_.empty()) throw CLI::RequiredError("MANIFEST");
      ingest_.manifest = std::move(manifests_.front());
      ingest_.more.assign(manifests_.begin() + 1, manifests_.end());
      chosen_ = [this]() -> any_command { return ingest_; };
    });
    add_journal_commands(app);
  }

  static void add_run_files(CLI::App& app, run_files& files) {
    const std::string group = "Files written at the end of every run";
    const auto add = [&](const char* name, std::string& file, const char* description) {
      app.add_option(name, file, description)->type_name("FILE")->group(group);
    };
    add("--report", files.report, "what happened, as JSON");
    add("--results", files.results, "every row with its asset, as CSV");
    add("--failed", files.failed,
        "failed rows in the manifest's own format, with a reason: input for another run");
    add("--html", files.html, "a report with plots, for a browser");
    app.add_flag("--neutralise", files.neutralise,
                 "in CSV files: put an apostrophe before what a spreadsheet takes for a formula")
        ->group(group);
  }

  // A manifest with the name of one of these is given as ./status.
  void add_journal_commands(CLI::App& ingest) {
    ingest.require_subcommand(0, 1);
    add_status(*ingest.add_subcommand("status", "Say where a batch stands, also while a run goes on."));
    add_retry(
        *ingest.add_subcommand("retry", "Run a batch's command again and send its refused rows once more."));
    add_report(*ingest.add_subcommand("report", "Tell what became of a batch."));
    add_export_failed(
        *ingest.add_subcommand("export-failed", "Write a batch's failed rows as a manifest of their own."));
  }

  static void add_journal(CLI::App& app, std::string& journal) {
    app.add_option("JOURNAL", journal, "the batch's journal, MANIFEST.mux-journal for instance")
        ->required()
        ->type_name("");
  }

  static void add_output(CLI::App& app, std::string& file) {
    app.add_option("--output,-o", file, "write there instead of to standard output")->type_name("FILE");
  }

  void add_status(CLI::App& app) {
    app.footer(
        "Examples:\n"
        "  muxctl ingest status movies.csv.mux-journal\n"
        "  muxctl ingest status movies.csv.mux-journal --json | jq .rows.left");
    add_journal(app, status_.journal);
    app.add_flag("--json", status_.json, "one line of JSON");
    run(app, status_);
  }

  void add_retry(CLI::App& app) {
    app.footer(
        "The journal remembers the command that worked with it last. Flags of muxctl ingest may follow "
        "JOURNAL; they "
        "take\nthe place of its own.\n\n"
        "Examples:\n"
        "  muxctl ingest retry movies.csv.mux-journal\n"
        "  muxctl ingest retry movies.csv.mux-journal --rate 50 --results results.csv");
    add_journal(app, retry_.journal);
    app.fallthrough(false)->prefix_command();
    app.callback([this, &app] {
      retry_.added = flags_of(app_);
      for (std::string& word : with_absolute_paths(app.remaining())) retry_.added.push_back(std::move(word));
    });
  }

  // What was given before the command's name, as it could be given behind it.
  static std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::Option* option : app.get_options()) {
      const bool flag = option->get_items_expected_max() == 0;
      for (const std::string& value : option->results())
        words.push_back(flag ? option->get_name() : option->get_name() + "=" + value);
    }
    return words;
  }

  // The command of the journal runs in its own folder; what is added to it here means this one.
  std::vector<std::string> with_absolute_paths(std::vector<std::string> words) const {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      const std::string name = words[i].substr(0, equals);
      const CLI::Option* option = app_.get_subcommand("ingest")->get_option_no_throw(name);
      if (!option) option = app_.get_option_no_throw(name);
      if (!option || (option->get_type_name() != "FILE" && option->get_type_name() != "DIR")) continue;
      const bool next = equals == std::string::npos;
      if (next && ++i == words.size()) break;
      std::string& word = words[i];
      const std::string path = next ? word : word.substr(equals + 1);
      if (path.empty() || path == "-") continue;
      word = (next ? "" : name + "=") + std::filesystem::absolute(path).string();
    }
    return words;
  }

  void add_report(CLI::App& app) {
    ingest_report_command& c = report_;
    app.footer(
        "Examples:\n"
        "  muxctl ingest report movies.csv.mux-journal\n"
        "  muxctl ingest report movies.csv.mux-journal --format csv > results.csv\n"
        "  muxctl ingest report movies.csv.mux-journal --format html --output report.html");
    add_journal(app, c.journal);
    add_choice(app, "--format", c.format, report_formats,
               "text, json, csv (every row with its asset) or html (with plots); default text");
    add_output(app, c.output);
    app.add_flag("--neutralise", c.neutralise,
                 "csv: put an apostrophe before what a spreadsheet takes for a formula");
    run(app, report_);
  }

  void add_export_failed(CLI::App& app) {
    ingest_export_failed_command& c = export_failed_;
    app.footer(
        "The rows have the form of the manifest that they came from, with the reason beside or before them. "
        "A "
        "URL that\nholds a secret is not in the journal and is read again from the manifest.\n\n"
        "Examples:\n"
        "  muxctl ingest export-failed movies.csv.mux-journal --output again.csv\n"
        "  muxctl ingest again.csv");
    add_journal(app, c.journal);
    add_output(app, c.output);
    app.add_flag("--neutralise", c.neutralise,
                 "csv: put an apostrophe before what a spreadsheet takes for a formula");
    run(app, export_failed_);
  }

  void add_assets() {
    CLI::App& assets = *app_.add_subcommand("assets", "List, look at, create, change and delete assets.");
    assets.require_subcommand(1);
    add_list(*assets.add_subcommand("list", "List assets, newest first."));
    assets.footer(
        "Examples:\n"
        "  muxctl assets list --all | jq -r .id\n"
        "  muxctl assets create https://example.com/film.mp4 --wait\n"
        "  muxctl assets get ID");
    CLI::App& get = *assets.add_subcommand("get", "Show one asset as JSON.");
    get.footer(
        "Examples:\n"
        "  muxctl assets get ID | jq .status");
    get.add_option("ID", get_.id, "the asset's id")->required()->type_name("");
    run(get, get_);
    add_create(*assets.add_subcommand("create", "Create an asset from a URL."));
    add_update(*assets.add_subcommand("update", "Change what an asset is called."));
    CLI::App& remove = *assets.add_subcommand("delete", "Delete an asset and its renditions for good.");
    remove.footer(
        "Examples:\n"
        "  muxctl assets delete ID\n"
        "  muxctl assets delete ID --yes");
    remove.add_option("ID", delete_.id, "the asset's id")->required()->type_name("");
    remove.add_flag("-y,--yes", delete_.yes, "do not ask");
    run(remove, delete_);
  }

  void add_list(CLI::App& app) {
    assets_list_command& c = list_;
    app.footer(
        "Examples:\n"
        "  muxctl assets list --limit 10 --format table\n"
        "  muxctl assets list --all | jq -r .id\n"
        "  muxctl assets list --all --format csv --fields id,status,title");
    app.add_flag("--all", c.all, "every page, not only the first");
    app.add_option("--limit", c.limit, "assets a page, 1 to 100; default 100")
        ->check(CLI::Range(1, 100))
        ->type_name("N");
    app.add_option("--cursor", c.cursor, "go on where an earlier listing stopped")->type_name("C");
    add_choice(app, "--format", c.format, formats,
               "jsonl, csv or table; default: table on a terminal, else jsonl");
    app.get_option("--format")->each([&c](const std::string&) { c.format_given = true; });
    app.add_option("--fields", c.fields, "columns, separated by commas; an unknown one names them all")
        ->delimiter(',')
        ->type_name("NAMES");
    app.add_flag("--neutralise", c.neutralise,
                 "csv: put an apostrophe before what a spreadsheet takes for a formula");
    run(app, list_);
  }

  void add_create(CLI::App& app) {
    assets_create_command& c = create_;
    app.footer(
        "Examples:\n"
        "  muxctl assets create https://example.com/film.mp4 --title 'A film' --playback-policy public\n"
        "  muxctl assets create --url https://example.com/film.mp4 --test --wait");
    app.add_option("URL,--url", c.url, "where Mux fetches the video")->required()->type_name("URL");
    add_labels(app, c.labels);
    app.add_option("--playback-policy", c.playback_policies, "public, signed or drm; may be repeated")
        ->type_name("POLICY")
        ->allow_extra_args(false);
    app.add_option("--video-quality", c.video_quality, "basic, plus or premium")->type_name("QUALITY");
    app.add_flag("--test", c.test, "a free test asset: 10 s, watermarked, gone after a day");
    app.add_flag("--wait", c.wait, "until it is ready or failed");
    run(app, create_);
  }

  void add_update(CLI::App& app) {
    assets_update_command& c = update_;
    app.footer(
        "Examples:\n"
        "  muxctl assets update ID --title 'A better title'\n"
        "  muxctl assets update ID --clear-passthrough");
    app.add_option("ID", c.id, "the asset's id")->required()->type_name("");
    add_labels(app, c.labels);
    const std::array<std::pair<const char*, bool*>, 4> clears = {{{"title", &c.clear_title},
                                                                  {"external-id", &c.clear_external_id},
                                                                  {"creator-id", &c.clear_creator_id},
                                                                  {"passthrough", &c.clear_passthrough}}};
    for (const auto& [name, flag] : clears)
      app.add_flag(std::string("--clear-") + name, *flag, "remove it")->excludes(std::string("--") + name);
    run(app, update_);
  }

  void add_limits(CLI::App& app) {
    limits_command& c = limits_;
    app.footer(
        "Each class has a rate and a bucket of tokens. The share is what this machine allows itself of the "
        "rate,\n"
        "less while others use it too; the burst is configured, learnt from the server or assumed.\n"
        "What was learnt lives in --limits-dir for each token and API host.\n\n"
        "Examples:\n"
        "  muxctl limits\n"
        "  muxctl limits --probe --format table");
    app.add_flag(
        "--probe", c.probe,
        "send harmless reads until the server refuses one in each class, at most 60, and learn from it");
    app.add_flag("--forget", c.forget, "forget what was learnt first; what was sent still counts");
    add_choice(app, "--format", c.format, formats,
               "jsonl, csv or table; default: table on a terminal, else jsonl");
    app.get_option("--format")->each([&c](const std::string&) { c.format_given = true; });
    run(app, limits_);
  }

  void add_simple() {
    add_limits(*app_.add_subcommand("limits", "Show the limits as they are known, and what they leave now."));
    CLI::App& whoami = *app_.add_subcommand("whoami", "Show whose token this is and what it may do.");
    whoami.footer(
        "Examples:\n"
        "  muxctl whoami\n"
        "  muxctl whoami --credentials-file ~/.mux-credentials");
    run(whoami, whoami_);
    CLI::App& version = *app_.add_subcommand("version", "Show the version.");
    version.footer(
        "Examples:\n"
        "  muxctl version");
    run(version, version_);
    add_documents();
  }

  // Made from this tree itself, so that they say what --help says.
  void add_documents() {
    CLI::App& completion =
        *app_.add_subcommand("completion", "Print a script that completes muxctl in a shell.");
    completion.footer(
        "Examples:\n"
        "  muxctl completion bash > ~/.local/share/bash-completion/completions/muxctl\n"
        "  muxctl completion zsh > ~/.zsh/functions/_muxctl\n"
        "  muxctl completion fish > ~/.config/fish/completions/muxctl.fish");
    add_choice(completion, "SHELL", shell_, shells, "bash, zsh or fish");
    completion.get_option("SHELL")->required();
    completion.callback(
        [this] { document_ = [this] { return completion_script(outline_of(app_), shell_); }; });
    CLI::App& man = *app_.add_subcommand("man", "Print the manual page.");
    man.footer(
        "Examples:\n"
        "  muxctl man | man -l -\n"
        "  muxctl man > ~/.local/share/man/man1/muxctl.1");
    man.callback([this] { document_ = [this] { return man_page(outline_of(app_), MUX_VERSION); }; });
  }

  template <class Command>
  void run(CLI::App& app, Command& chosen) {
    app.callback([this, &chosen] { chosen_ = [&chosen]() -> any_command { return chosen; }; });
  }

  // What was typed may be the secret itself: it is refused before anything can repeat it.
  static void refuse_secrets(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments)
      for (const std::string_view option : secret_options)
        if (argument.starts_with(option))
          throw failure(exit_code::usage, "secret_on_command_line",
                        std::string(option) + ": other users of this machine can read a command line",
                        "use the environment or --credentials-file, and consider the secret as known by now");
  }

  // Flags of an ingest say nothing to a command that only looks at its journal.
  void refuse_lost_flags() const {
    const CLI::App& ingest = *app_.get_subcommand("ingest");
    if (ingest.get_subcommands().empty()) return;
    for (const CLI::Option* option : ingest.get_options())
      if (option->count() > 0)
        throw failure(exit_code::usage, "usage",
                      option->get_name() + " does not go with " + called() +
                          "; a manifest of that name is given as ./" +
                          ingest.get_subcommands().front()->get_name(),
                      "see " + called() + " --help");
  }

  const CLI::App& deepest() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return *app;
  }

  std::string called() const {
    std::string name = "muxctl";
    for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
      app = app->get_subcommands().front();
      name += " " + app->get_name();
    }
    return name;
  }

  CLI::App app_;
  global_flags global_;
  version_command version_;
  whoami_command whoami_;
  limits_command limits_;
  assets_list_command list_;
  assets_get_command get_;
  assets_create_command create_;
  assets_update_command update_;
  assets_delete_command delete_;
  std::vector<std::string> manifests_;
  ingest_command ingest_;
  ingest_status_command status_;
  retry_request retry_;
  ingest_report_command report_;
  ingest_export_failed_command export_failed_;
  shell_name shell_ = shell_name::bash;
  std::function<any_command()> chosen_;
  std::function<std::string()> document_;  ///< instead of a command
};

}  // namespace

invocation parse_command_line(int argument_count, const char* const* arguments) {
  return command_tree().parse(argument_count, arguments);
}

invocation parse_with_additions(const std::vector<std::string>& arguments) {
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  command_tree tree;
  tree.let_later_win();
  return tree.parse(static_cast<int>(words.size()), words.data());
}

}  // namespace mux::inline v0::muxctl
