#pragma once

#include <filesystem>
#include <string>

#include <mux/ingest/manifest.hpp>
#include <mux/ingest/row_defaults.hpp>

#include "muxctl/command_line.hpp"

namespace mux::inline v0::muxctl {

/// The manifest comes from standard input.
[[nodiscard]] bool from_standard_input(const ingest_command& command);
/// What messages call the manifest.
[[nodiscard]] std::string manifest_name(const ingest_command& command);
[[nodiscard]] ingest::manifest_options manifest_settings(const ingest_command& command);
/// Where progress is kept: as told, or beside the manifest, or beside the folder of all files.
[[nodiscard]] std::filesystem::path journal_of(const ingest_command& command);
/// Opens the manifest. Errors: those of `manifest_reader::open`.
[[nodiscard]] ingest::result<ingest::manifest_reader> open_manifest(const ingest_command& command);
/// What is asked for where rows say nothing: flags first, then the file of defaults. Errors: those of
/// `row_defaults`; throws `failure` if the file cannot be read.
[[nodiscard]] ingest::result<ingest::row_defaults> defaults_of(const ingest_command& command);

}  // namespace mux::inline v0::muxctl
