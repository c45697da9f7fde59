// measure REPORT PROGRAM ARGUMENT…: runs the program and writes what it cost to the file REPORT:
//   wall seconds, user seconds, system seconds, peak KiB, exit status (128 + signal if killed)
// A program of its own because a child's peak memory counts from that of the process that it was forked from,
// and this one is small.

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: measure REPORT PROGRAM ARGUMENT…\n", stderr);
    return 2;
  }
  const auto begun = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) return std::perror("measure: fork"), 1;
  if (child == 0) {
    ::execvp(arguments[2], arguments + 2);
    std::perror(arguments[2]);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  while (::wait4(child, &status, 0, &used) < 0)
    if (errno != EINTR) return std::perror("measure: wait4"), 1;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
  std::FILE* const report = std::fopen(arguments[1], "w");
  if (!report) return std::perror(arguments[1]), 1;
  std::fprintf(report, "%.6f %.6f %.6f %ld %d\n", wall.count(), seconds(used.ru_utime),
               seconds(used.ru_stime), used.ru_maxrss,
               WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  return std::fclose(report) == 0 ? 0 : 1;
}
