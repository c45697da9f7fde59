#include "muxctl/retry.hpp"

#include <filesystem>
#include <utility>

#include "muxctl/batch_facts.hpp"
#include "muxctl/run_notes.hpp"

namespace mux::inline v0::muxctl {

namespace {

failure cannot_repeat(const std::string& why, exit_code exit = exit_code::usage) {
  return failure(exit, exit == exit_code::usage ? "usage" : "manifest_unreadable", why,
                 "give the command of the ingest again, with --journal and --retry-failed");
}

void expect_repeatable(const run_notes& notes, const std::filesystem::path& journal) {
  if (notes.arguments.empty())
    throw cannot_repeat(journal.string() + " does not know the command of its ingest");
  for (const std::string& manifest : notes.manifests) {
    if (manifest == "-")
      throw cannot_repeat("the manifest came from standard input and cannot be read again");
    std::error_code ignored;
    const bool pattern = manifest.find_first_of("*?[") != std::string::npos;
    if (!pattern && !std::filesystem::exists(manifest, ignored))
      throw cannot_repeat("the manifest " + manifest + " is gone", exit_code::bad_manifest);
  }
}

}  // namespace

invocation retried(const invocation& call) {
  const std::filesystem::path journal = std::filesystem::absolute(call.retry->journal);
  ingest::journal_view view = open_journal(journal);
  const run_notes notes = read_notes(view);
  expect_repeatable(notes, journal);
  std::error_code fault;
  if (!notes.directory.empty()) std::filesystem::current_path(notes.directory, fault);
  if (fault) throw cannot_repeat("the folder " + notes.directory + " of that command: " + fault.message());

  std::vector<std::string> words = notes.arguments;
  words.insert(words.end(), call.retry->added.begin(), call.retry->added.end());
  // The journal may have been moved since.
  words.push_back("--journal=" + journal.string());
  std::vector<std::string> remembered = words;
  words.emplace_back("--retry-failed");
  invocation made = parse_with_additions(words);
  made.remembered = std::move(remembered);
  made.arguments = call.arguments;
  return made;
}

}  // namespace mux::inline v0::muxctl
