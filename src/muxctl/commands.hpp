#pragma once

#include "muxctl/command_line.hpp"
#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

// One function a command. Errors: throw `failure`.
exit_code run(const whoami_command& command, const invocation& call, output& out);
exit_code run(const limits_command& command, const invocation& call, output& out);
exit_code run(const version_command& command, const invocation& call, output& out);
exit_code run(const assets_list_command& command, const invocation& call, output& out);
exit_code run(const assets_get_command& command, const invocation& call, output& out);
exit_code run(const assets_create_command& command, const invocation& call, output& out);
exit_code run(const assets_update_command& command, const invocation& call, output& out);
exit_code run(const assets_delete_command& command, const invocation& call, output& out);
exit_code run(const ingest_command& command, const invocation& call, output& out);
exit_code run(const ingest_status_command& command, const invocation& call, output& out);
exit_code run(const ingest_report_command& command, const invocation& call, output& out);
exit_code run(const ingest_export_failed_command& command, const invocation& call, output& out);

}  // namespace mux::inline v0::muxctl
