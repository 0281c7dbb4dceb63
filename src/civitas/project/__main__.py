from civitas.project.cli import main

main()
