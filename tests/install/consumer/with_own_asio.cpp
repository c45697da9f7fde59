// A program that compiles the bodies of Asio itself, in own_asio.cpp.
#include "refused_call.hpp"

int main() {
  refused_call();
}
