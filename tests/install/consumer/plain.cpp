#include "refused_call.hpp"

int main() {
  refused_call();
}
