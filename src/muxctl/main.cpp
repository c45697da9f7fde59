#include <csignal>
#include <exception>
#include <fcntl.h>
#include <unistd.h>
#include <variant>

#include "muxctl/commands.hpp"
#include "muxctl/retry.hpp"

namespace {

using namespace mux::muxctl;

// A file opened later must not become what a closed standard stream would have been. The wrong direction
// makes writes to it fail as they should.
void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

int finish(output& out, const failure& f) {
  out.fail(f);
  return static_cast<int>(f.exit);
}

int run_command(const invocation& call, output& out) {
  try {
    if (call.global.log_file) out.log_to(*call.global.log_file);
    exit_code code = exit_code::done;
    if (call.help.empty())
      code = std::visit([&](const auto& command) { return run(command, call, out); }, call.command);
    else
      out.write(call.help);
    out.flush();
    return static_cast<int>(code);
  } catch (const failure& f) {
    // What was printed before the failure is still a result.
    try {
      out.flush();
    } catch (const failure&) {
    }
    return finish(out, f);
  } catch (const std::exception& fault) {
    return finish(out, failure(exit_code::failed, "internal", fault.what()));
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  invocation call;
  try {
    call = parse_command_line(argument_count, arguments);
    if (call.retry) call = retried(call);
  } catch (const failure& f) {
    output out(STDOUT_FILENO, STDERR_FILENO, colour_mode::automatic, verbosity::normal);
    return finish(out, f);
  }
  output out(STDOUT_FILENO, STDERR_FILENO, call.global.colour, call.global.level);
  return run_command(call, out);
}
