#pragma once

#include <functional>
#include <string>

#include <mux/ingest/journal_view.hpp>

#include "muxctl/command_line.hpp"
#include "muxctl/failed_rows.hpp"
#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

/// Has `write` fill a file that is there whole or not at all, or standard output if `file` is empty.
/// Errors: throws `failure`.
void write_whole(const std::string& file, output& out, const std::function<void(const text_sink&)>& write);

/// The failed rows of a journal, in the form of its manifest and with what only the manifest knows. Rows that
/// cannot be written are named on stderr. Returns whether all were. Errors: throws `failure`.
bool write_failed_rows_as_given(ingest::journal_view& journal, bool neutralise, const text_sink& sink,
                                output& out);

/// Throws `failure` if one of the files cannot be written, before there is anything to write.
void expect_writable(const run_files& files);
/// Writes the files that were asked for. Errors: throws `failure`.
void write_run_files(const run_files& files, const std::string& journal, output& out);

}  // namespace mux::inline v0::muxctl
